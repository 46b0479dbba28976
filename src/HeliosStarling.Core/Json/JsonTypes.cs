using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Finds the JSON metadata of the application's types.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class JsonTypes(JsonSerializerOptions options)
{
    public JsonSerializerOptions Options => options;

    /// <summary>Returns the JSON metadata of a type.</summary>
    /// <exception cref="InvalidOperationException">There is no JSON metadata for the type. The message says what to do.</exception>
    public JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Of(typeof(T));

    /// <inheritdoc cref="Of{T}"/>
    public JsonTypeInfo Of(Type type)
    {
        JsonTypeInfo info;
        try
        {
            info = options.GetTypeInfo(type);
        }
        catch (NotSupportedException exception)
        {
            throw new InvalidOperationException(
                TypeNames.IsAnonymous(type)
                    ? "An anonymous type cannot have JSON metadata. Use a record, add [JsonSerializable(typeof(TheRecord))] to a JsonSerializerContext and that context to Json.TypeInfoResolverChain of the options."
                    : $"No JSON metadata for type '{type}'. Add [JsonSerializable(typeof({TypeNames.Of(type)}))] to a JsonSerializerContext and that context to Json.TypeInfoResolverChain of the options.",
                exception);
        }
        if (type.IsValueType) Tuples.ThrowIfEmpty(info);
        return info;
    }
}
