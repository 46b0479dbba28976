using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Refuses payloads that are an interface or an abstract class: nothing can be made of them, so that every message would be refused. Most are services that nobody has registered.</summary>
internal static class Abstractions
{
    /// <exception cref="InvalidOperationException">The type cannot be read.</exception>
    public static void ThrowIfUnreadable(JsonTypeInfo info)
    {
        // Other kinds have a converter, or are a list or dictionary that the serializer makes itself.
        if (!info.Type.IsAbstract || info.Kind != JsonTypeInfoKind.Object || info.CreateObject is not null || info.PolymorphismOptions is not null) return;
        throw new InvalidOperationException(
            $"'{TypeNames.Of(info.Type)}' cannot be read from JSON: it is an interface or an abstract class. If it is a service, register it before the handler; if it is the payload, use a record, or name the types that it may be with [JsonDerivedType].");
    }
}
