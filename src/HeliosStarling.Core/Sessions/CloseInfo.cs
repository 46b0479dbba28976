using System.Text;

namespace HeliosStarling;

/// <summary>The close code and reason of a connection.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The close reason, cut to the maximum length in a close frame.</param>
internal sealed record CloseInfo(int Code, string Reason)
{
    /// <summary>The peer's close frame contained no code (RFC 6455 section 7.1.5).</summary>
    public const int NoCode = 1005;

    /// <summary>The connection was lost without a close frame (RFC 6455 section 7.1.5).</summary>
    public const int LostCode = 1006;

    /// <summary>The close information of a lost connection.</summary>
    public static readonly CloseInfo Lost = new(LostCode, "connection lost");

    // A control frame has 125 bytes, of which the code needs 2 (RFC 6455 section 5.5).
    private const int MaxReasonLength = 123;

    public string Reason { get; } = Cut(Reason);

    private static string Cut(string reason)
    {
        if (Encoding.UTF8.GetByteCount(reason) <= MaxReasonLength) return reason;
        Span<byte> bytes = stackalloc byte[MaxReasonLength];
        Encoding.UTF8.GetEncoder().Convert(reason, bytes, flush: true, out var characters, out _, out _);
        return reason[..characters];
    }
}
