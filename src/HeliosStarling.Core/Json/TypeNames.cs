namespace HeliosStarling;

/// <summary>Formats type names as in C#, for messages to developers.</summary>
internal static class TypeNames
{
    /// <summary>Determines whether the type is anonymous, so that code cannot name it.</summary>
    public static bool IsAnonymous(Type type) => type.Name.StartsWith('<');

    /// <summary>Returns the name of a type, such as <c>List&lt;ChatMessage&gt;</c>.</summary>
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
