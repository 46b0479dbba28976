using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>
/// Rejects tuples such as <c>(int, int)</c>. Their values are fields, which the serializer ignores by default, so every tuple would be
/// written as <c>{}</c> and read with zeros.
/// </summary>
internal static class Tuples
{
    /// <exception cref="InvalidOperationException">The type is a tuple whose fields the serializer ignores.</exception>
    public static void ThrowIfEmpty(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        if (!type.IsGenericType || !type.IsValueType || !type.IsAssignableTo(typeof(ITuple))) return;
        if ((type == info.Type ? info : info.Options.GetTypeInfo(type)).Properties.Count > 0) return;
        throw new InvalidOperationException($"The tuple '{TypeNames.Of(type)}' cannot be serialized: its values are fields, which the serializer ignores. Use a record, or set Json.IncludeFields of the options.");
    }
}
