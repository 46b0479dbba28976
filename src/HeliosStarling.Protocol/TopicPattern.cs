using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>
/// The topics of a subscription. In a pattern, <c>*</c> matches one segment and a final <c>**</c> matches one or more (docs/protocol.md
/// section 3).
/// </summary>
/// <remarks>
/// The pattern <c>**</c> matches everything, including a notification without a topic. Immutable and safe to use concurrently.
/// </remarks>
public sealed class TopicPattern
{
    private readonly byte[] _pattern;
    private readonly bool _takesRest;

    private TopicPattern(string text)
    {
        Text = text;
        IsExact = !text.Contains('*', StringComparison.Ordinal);
        _takesRest = text == "**" || text.EndsWith(":**", StringComparison.Ordinal);
        // The part that is compared segment by segment, without the final ** and its colon.
        _pattern = Encoding.ASCII.GetBytes(_takesRest ? text[..Math.Max(0, text.Length - 3)] : text);
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>Indicates whether the pattern has no wildcard and so matches exactly one topic.</summary>
    public bool IsExact { get; }

    /// <summary>Parses a pattern of 1 to 256 characters.</summary>
    /// <exception cref="ArgumentException">The pattern is malformed. The message describes the allowed form.</exception>
    public static TopicPattern Parse(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (IsWellFormed(pattern)) return new TopicPattern(pattern);
        throw new ArgumentException(
            $"'{Excerpt.Of(pattern)}' is not a topic pattern. Use a topic such as 'chat:message' or 'chat:42', in which '*' may stand for one segment " +
            "and '**' for all the rest, as the last segment ('chat:*', 'chat:**', '**'); at most 256 characters.");
    }

    /// <summary>Determines whether a topic, as UTF-8, matches.</summary>
    public bool Matches(ReadOnlySpan<byte> topic)
    {
        if (IsExact) return topic.SequenceEqual(_pattern);
        ReadOnlySpan<byte> pattern = _pattern;
        if (_takesRest && pattern.IsEmpty) return true;
        while (true)
        {
            var wanted = TakeSegment(ref pattern);
            var found = TakeSegment(ref topic);
            if (found.IsEmpty || !(wanted is [(byte)'*'] || wanted.SequenceEqual(found))) return false;
            if (pattern.IsEmpty) return _takesRest ? !topic.IsEmpty : topic.IsEmpty;
        }
    }

    /// <summary>Determines whether a topic or an event name matches.</summary>
    public bool Matches(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Text == "**") return true;
        Span<byte> ascii = stackalloc byte[ProtocolLimits.MaxTopicLength];
        return Names.TryNarrow(name, ascii, out var length) && Matches(ascii[..length]);
    }

    private static bool IsWellFormed(string pattern)
    {
        if (pattern.Length is 0 or > ProtocolLimits.MaxTopicLength) return false;
        var rest = pattern.AsSpan();
        while (true)
        {
            var colon = rest.IndexOf(':');
            var segment = colon < 0 ? rest : rest[..colon];
            if (segment is "**") return colon < 0;
            if (segment is not "*" && !IsSegment(segment)) return false;
            if (colon < 0) return true;
            rest = rest[(colon + 1)..];
        }
    }

    private static bool IsSegment(ReadOnlySpan<char> segment)
    {
        for (var i = 0; i < segment.Length; i++)
        {
            if (!Names.IsTopicCharacter(segment[i], atStart: i == 0)) return false;
        }

        return !segment.IsEmpty;
    }

    private static ReadOnlySpan<byte> TakeSegment(ref ReadOnlySpan<byte> rest)
    {
        var colon = rest.IndexOf((byte)':');
        var segment = colon < 0 ? rest : rest[..colon];
        rest = colon < 0 ? default : rest[(colon + 1)..];
        return segment;
    }
}
