using System.Buffers;
using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>The rules for method and topic names (docs/protocol.md section 3).</summary>
/// <remarks>Stateless and safe to call concurrently.</remarks>
public static class Names
{
    /// <summary>
    /// Determines whether <paramref name="name"/> is <c>^[A-Za-z][A-Za-z0-9_]*(:[A-Za-z][A-Za-z0-9_]*)+$</c>, 3 to 128 characters.
    /// </summary>
    public static bool IsMethod(ReadOnlySpan<byte> name)
    {
        if (name.Length > ProtocolLimits.MaxNameLength) return false;
        var segments = 0;
        var atStart = true;
        foreach (var b in name)
        {
            if (char.IsAsciiLetter((char)b))
            {
                if (atStart) segments++;
                atStart = false;
            }
            else if (atStart) return false;
            else if (b == ':') atStart = true;
            else if (!char.IsAsciiDigit((char)b) && b != '_') return false;
        }

        return !atStart && segments >= 2;
    }

    /// <inheritdoc cref="IsMethod(ReadOnlySpan{byte})"/>
    public static bool IsMethod(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> ascii = stackalloc byte[ProtocolLimits.MaxNameLength];
        return TryNarrow(name, ascii, out var length) && IsMethod(ascii[..length]);
    }

    /// <summary>
    /// Determines whether <paramref name="name"/> is <c>^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)*$</c>, 1 to 256
    /// characters. An id can be a segment, as in <c>chat:42</c>.
    /// </summary>
    public static bool IsTopic(ReadOnlySpan<byte> name)
    {
        if (name.Length > ProtocolLimits.MaxTopicLength) return false;
        var atStart = true;
        foreach (var b in name)
        {
            if (b == ':' && !atStart) atStart = true;
            else if (IsTopicCharacter((char)b, atStart)) atStart = false;
            else return false;
        }

        return !atStart;
    }

    /// <inheritdoc cref="IsTopic(ReadOnlySpan{byte})"/>
    public static bool IsTopic(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> ascii = stackalloc byte[ProtocolLimits.MaxTopicLength];
        return TryNarrow(name, ascii, out var length) && IsTopic(ascii[..length]);
    }

    /// <summary>
    /// Determines whether the name's first segment is <c>system</c>, <c>internal</c>, <c>stream</c> or <c>helios</c>. An application cannot
    /// register methods in these namespaces.
    /// </summary>
    public static bool IsReserved(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? name : name.AsSpan(0, colon)) is "system" or "internal" or "stream" or "helios";
    }

    /// <summary>Determines whether a segment of a topic may contain a character.</summary>
    /// <param name="character">The character.</param>
    /// <param name="atStart">Whether it is the first character of the segment.</param>
    internal static bool IsTopicCharacter(char character, bool atStart) =>
        char.IsAsciiLetterOrDigit(character) || character == '_' || (character is '.' or '-' && !atStart);

    /// <summary>Converts a name to ASCII bytes. Returns false when the string is not ASCII or too long for a name.</summary>
    internal static bool TryNarrow(string name, Span<byte> ascii, out int length) =>
        Ascii.FromUtf16(name, ascii, out length) == OperationStatus.Done;
}
