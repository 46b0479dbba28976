using System.Text;

namespace HeliosStarling;

/// <summary>How a connection ends or ended.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The close reason, cut to what a close frame holds.</param>
internal sealed record CloseInfo(int Code, string Reason)
{
    /// <summary>The peer's close frame held no code (RFC 6455 section 7.1.5).</summary>
    public const int NoCode = 1005;

    /// <summary>The connection broke without a close frame (RFC 6455 section 7.1.5).</summary>
    public const int LostCode = 1006;

    /// <summary>How a connection ends that broke.</summary>
    public static readonly CloseInfo Lost = new(LostCode, "connection lost");

    // 125 bytes of a control frame less 2 of the code (RFC 6455 section 5.5).
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
