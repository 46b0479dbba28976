namespace HeliosStarling;

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The close reason.</param>
internal sealed record CloseInfo(int Code, string Reason)
{
    /// <summary>The connection broke without a close frame (RFC 6455 section 7.1.5).</summary>
    public static readonly CloseInfo Lost = new(1006, "connection lost");

    /// <summary>The peer's close frame held no code (RFC 6455 section 7.1.5).</summary>
    public const int NoCode = 1005;
}
