using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The namespaces of states.</summary>
internal static class StateNames
{
    /// <summary>When a starling was last connected.</summary>
    public const string Connection = "connection";

    /// <summary>When a starling was made.</summary>
    public const string Info = "info";

    /// <exception cref="ArgumentException">The namespace is malformed or the library's own.</exception>
    public static void ThrowIfNotFree(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Names.IsTopic(name))
            throw new ArgumentException($"State namespace '{name}' is malformed. Use segments joined by ':', of letters, digits, '_', '.' and '-', each starting with a letter, a digit or '_', at most {ProtocolLimits.MaxTopicLength} characters, such as 'game'.");
        if (name is Connection or Info)
            throw new ArgumentException($"State namespace '{name}' cannot be registered: it is the library's own. Choose another name.");
    }
}
