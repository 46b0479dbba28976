namespace HeliosStarling.Protocol;

/// <summary>Reads a message's <c>version</c>.</summary>
internal static class ProtocolVersion
{
    /// <summary>Reads the major number of <c>^\d+\.\d+\.\d+$</c>. Returns false for any other text.</summary>
    public static bool TryGetMajor(ReadOnlySpan<byte> version, out ReadOnlySpan<byte> major)
    {
        major = default;
        var first = version.IndexOf((byte)'.');
        if (first < 0) return false;
        var rest = version[(first + 1)..];
        var second = rest.IndexOf((byte)'.');
        major = version[..first];
        return second >= 0 && IsNumber(major) && IsNumber(rest[..second]) && IsNumber(rest[(second + 1)..]);
    }

    /// <summary>Determines whether this implementation supports a major version: 1, with any number of leading zeros.</summary>
    public static bool IsSupported(ReadOnlySpan<byte> major) => major.TrimStart((byte)'0') is [(byte)'1'];

    private static bool IsNumber(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
