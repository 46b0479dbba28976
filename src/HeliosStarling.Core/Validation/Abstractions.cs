using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>
/// Refuses payloads that no JSON can be read as, so that every message would be refused: interfaces, abstract classes, and classes whose
/// constructor takes what is no member of theirs. Most are services that nobody has registered.
/// </summary>
internal static class Abstractions
{
    /// <exception cref="InvalidOperationException">The type cannot be read.</exception>
    public static void ThrowIfUnreadable(JsonTypeInfo info)
    {
        if (!IsMadeByConstructor(info)) return;
        var name = TypeNames.Of(info.Type);
        if (info.Type.IsAbstract)
        {
            throw new InvalidOperationException(
                $"'{name}' cannot be read from JSON: it is an interface or an abstract class. If it is a service, register it before the handler; if it is the payload, use a record, or name the types that it may be with [JsonDerivedType].");
        }
        if (FindStrange(info) is not { } strange) return;
        throw new InvalidOperationException(
            $"'{name}' cannot be read from JSON: its constructor takes '{strange.Name}', which is no member that JSON could set. If it is a service, register it before the handler; if it is the payload, use a record, or give it a property for each parameter of its constructor.");
    }

    // Other kinds have a converter, or are a list or dictionary that the serializer makes itself.
    private static bool IsMadeByConstructor(JsonTypeInfo info) =>
        info is { Kind: JsonTypeInfoKind.Object, CreateObject: null, PolymorphismOptions: null };

    /// <summary>A parameter of the constructor that no property belongs to; null when there is none.</summary>
    private static ParameterInfo? FindStrange(JsonTypeInfo info)
    {
        // A source-generated context may not tell the constructor; then the first message shows the fault.
        if (info.ConstructorAttributeProvider is not ConstructorInfo constructor) return null;
        var members = info.Properties
            .Where(static property => property.AssociatedParameter is not null)
            .Select(static property => property.AssociatedParameter!.Position)
            .ToHashSet();
        return constructor.GetParameters().FirstOrDefault(parameter => !members.Contains(parameter.Position));
    }
}
