using System.Buffers;
using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>The rules for method and topic names (PROTOCOL.md section 3).</summary>
/// <remarks>Stateless and safe to call concurrently.</remarks>
public static class Names
{
    /// <summary>Whether <paramref name="name"/> is <c>^[A-Za-z][A-Za-z0-9_]*(:[A-Za-z][A-Za-z0-9_]*)+$</c>, 3 to 128 characters.</summary>
    public static bool IsMethod(ReadOnlySpan<byte> name) => CountSegments(name) >= 2;

    /// <inheritdoc cref="IsMethod(ReadOnlySpan{byte})"/>
    public static bool IsMethod(string name) => CountSegments(name) >= 2;

    /// <summary>Whether <paramref name="name"/> is a method name or one single segment.</summary>
    public static bool IsTopic(ReadOnlySpan<byte> name) => CountSegments(name) >= 1;

    /// <inheritdoc cref="IsTopic(ReadOnlySpan{byte})"/>
    public static bool IsTopic(string name) => CountSegments(name) >= 1;

    /// <summary>
    /// Whether the name's first segment is <c>system</c>, <c>internal</c>, <c>stream</c> or <c>helios</c>: an application cannot register
    /// methods there.
    /// </summary>
    public static bool IsReserved(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? name : name.AsSpan(0, colon)) is "system" or "internal" or "stream" or "helios";
    }

    /// <summary>How many segments a well-formed name has; 0 for anything else.</summary>
    internal static int CountSegments(ReadOnlySpan<byte> name)
    {
        if (name.Length > ProtocolLimits.MaxNameLength) return 0;
        var segments = 0;
        var atStart = true;
        foreach (var b in name)
        {
            if (char.IsAsciiLetter((char)b))
            {
                if (atStart) segments++;
                atStart = false;
            }
            else if (atStart) return 0;
            else if (b == ':') atStart = true;
            else if (!char.IsAsciiDigit((char)b) && b != '_') return 0;
        }

        return atStart ? 0 : segments;
    }

    private static int CountSegments(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> ascii = stackalloc byte[ProtocolLimits.MaxNameLength];
        return TryNarrow(name, ascii, out var length) ? CountSegments(ascii[..length]) : 0;
    }

    /// <summary>Copies a name that is ASCII and fits; every other string is no name.</summary>
    internal static bool TryNarrow(string name, Span<byte> ascii, out int length) =>
        Ascii.FromUtf16(name, ascii, out length) == OperationStatus.Done;
}
