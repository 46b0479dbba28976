using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>How the types of an application are read and written.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class JsonTypes(JsonSerializerOptions options)
{
    public JsonSerializerOptions Options => options;

    /// <summary>How a type is read and written.</summary>
    /// <exception cref="InvalidOperationException">Nothing describes the type; the message says what to do.</exception>
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
                    ? "There is no JSON metadata for an anonymous type, and there cannot be. Use a record, add [JsonSerializable(typeof(TheRecord))] to a JsonSerializerContext and that context to Json.TypeInfoResolverChain of the options."
                    : $"No JSON metadata for type '{type}'. Add [JsonSerializable(typeof({TypeNames.Of(type)}))] to a JsonSerializerContext and that context to Json.TypeInfoResolverChain of the options.",
                exception);
        }
        if (type.IsValueType) Tuples.ThrowIfEmpty(info);
        return info;
    }
}
