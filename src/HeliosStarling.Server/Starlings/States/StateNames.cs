using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The namespaces of states, and their rules.</summary>
internal static class StateNames
{
    /// <summary>The namespace of the time when a starling was last connected.</summary>
    public const string Connection = "connection";

    /// <summary>The namespace of the time when a starling was created.</summary>
    public const string Info = "info";

    /// <summary>Checks a namespace that is known at startup.</summary>
    /// <exception cref="ArgumentException">The namespace is malformed or reserved.</exception>
    public static void ThrowIfNotFree(string name)
    {
        if (FindFault(name) is { } fault) throw new ArgumentException(fault, nameof(name));
    }

    /// <summary>Checks a namespace that may come from a client.</summary>
    /// <exception cref="HeliosException">The namespace is malformed or reserved: VALIDATION_ERROR.</exception>
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
