namespace HeliosStarling.Protocol;

/// <summary>What a subscription asks for: a topic in which <c>*</c> stands for one segment and a final <c>**</c> for one or more (PROTOCOL.md section 3).</summary>
public sealed class TopicPattern
{
    private TopicPattern(string text) => Text = text;

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>True when the pattern has no wildcard and so matches one topic.</summary>
    public bool IsExact => throw new NotImplementedException();

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is malformed; the message says what is allowed.</exception>
    public static TopicPattern Parse(string pattern) => throw new NotImplementedException();

    /// <summary>Whether a topic, as UTF-8, matches.</summary>
    public bool Matches(ReadOnlySpan<byte> topic) => throw new NotImplementedException();

    /// <summary>Whether a topic or event name matches.</summary>
    public bool Matches(string name) => throw new NotImplementedException();
}
