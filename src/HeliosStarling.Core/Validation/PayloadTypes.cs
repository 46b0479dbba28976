using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>
/// Rejects payload types that cannot be read from JSON: interfaces, abstract classes, and classes with a constructor parameter that is not
/// a member. Most of them are services that are not registered.
/// </summary>
internal static class PayloadTypes
{
    /// <exception cref="InvalidOperationException">The type cannot be read from JSON.</exception>
    public static void ThrowIfUnreadable(JsonTypeInfo info)
    {
        if (!IsMadeByConstructor(info)) return;
        var name = TypeNames.Of(info.Type);
        if (info.Type.IsAbstract)
        {
            throw new InvalidOperationException(
                $"'{name}' cannot be read from JSON: it is an interface or an abstract class. If it is a service, register it before the handler; if it is the payload, use a record, or declare its derived types with [JsonDerivedType].");
        }
        if (FindUnmatched(info) is not { } unmatched) return;
        throw new InvalidOperationException(
            $"'{name}' cannot be read from JSON: its constructor takes '{unmatched.Name}', which is not a member that JSON can set. If it is a service, register it before the handler; if it is the payload, use a record, or give it a property for each parameter of its constructor.");
    }

    // Other types have a converter, or are lists or dictionaries that the serializer creates itself.
    private static bool IsMadeByConstructor(JsonTypeInfo info) =>
        info is { Kind: JsonTypeInfoKind.Object, CreateObject: null, PolymorphismOptions: null };

    /// <summary>Returns the first constructor parameter without a matching property; null when there is none.</summary>
    private static ParameterInfo? FindUnmatched(JsonTypeInfo info)
    {
        // A source-generated context may not name the constructor. Then the first message shows the error.
        if (info.ConstructorAttributeProvider is not ConstructorInfo constructor) return null;
        var members = info.Properties
            .Where(static property => property.AssociatedParameter is not null)
            .Select(static property => property.AssociatedParameter!.Position)
            .ToHashSet();
        return constructor.GetParameters().FirstOrDefault(parameter => !members.Contains(parameter.Position));
    }
}
