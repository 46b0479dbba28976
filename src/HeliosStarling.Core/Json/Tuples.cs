using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>
/// Refuses tuples such as <c>(int, int)</c>: their values are fields, which JSON leaves out, so that all of them would be read as 0 and
/// written as <c>{}</c>.
/// </summary>
internal static class Tuples
{
    /// <exception cref="InvalidOperationException">The type is a tuple whose fields are left out.</exception>
    public static void ThrowIfEmpty(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        if (!type.IsGenericType || !type.IsValueType || !type.IsAssignableTo(typeof(ITuple))) return;
        if ((type == info.Type ? info : info.Options.GetTypeInfo(type)).Properties.Count > 0) return;
        throw new InvalidOperationException($"The tuple '{TypeNames.Of(type)}' cannot travel: its values are fields, which JSON leaves out. Use a record, or set Json.IncludeFields of the options.");
    }
}
