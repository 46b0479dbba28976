using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The namespaces of states.</summary>
internal static class StateNames
{
    /// <summary>When a starling was last connected.</summary>
    public const string Connection = "connection";

    /// <summary>When a starling was made.</summary>
    public const string Info = "info";

    /// <summary>For a namespace that is known at the start.</summary>
    /// <exception cref="ArgumentException">The namespace is malformed or the library's own.</exception>
    public static void ThrowIfNotFree(string name)
    {
        if (FindFault(name) is { } fault) throw new ArgumentException(fault, nameof(name));
    }

    /// <summary>For a namespace that a client may have made.</summary>
    /// <exception cref="HeliosException">The namespace is malformed or the library's own: VALIDATION_ERROR.</exception>
    public static void RefuseIfNotFree(string name)
    {
        if (FindFault(name) is { } fault) throw MalformedText.Fault(fault);
    }

    private static string? FindFault(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Names.IsTopic(name))
            return $"State namespace '{MalformedText.Excerpt(name)}' is malformed. Use segments joined by ':', of letters, digits, '_', '.' and '-', each starting with a letter, a digit or '_', at most {ProtocolLimits.MaxTopicLength} characters, such as 'game'.";
        return name is Connection or Info
            ? $"State namespace '{name}' cannot be registered: it is the library's own. Choose another name."
            : null;
    }
}
