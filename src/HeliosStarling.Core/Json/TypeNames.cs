namespace HeliosStarling;

/// <summary>Names types as C# writes them, for messages to developers.</summary>
internal static class TypeNames
{
    /// <summary>Whether the compiler made the type, so that nobody can write its name.</summary>
    public static bool IsAnonymous(Type type) => type.Name.StartsWith('<');

    /// <summary>The type's name, such as <c>List&lt;ChatMessage&gt;</c>.</summary>
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return $"{Of(underlying)}?";
        if (type.IsArray) return $"{Of(type.GetElementType()!)}[]";
        if (!type.IsGenericType) return type.Name;
        var arguments = string.Join(", ", type.GenericTypeArguments.Select(Of));
        return type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
            ? $"({arguments})"
            : $"{type.Name[..Math.Max(0, type.Name.IndexOf('`', StringComparison.Ordinal))]}<{arguments}>";
    }
}
