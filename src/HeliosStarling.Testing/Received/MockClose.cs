namespace HeliosStarling.Testing;

/// <summary>How a mock's connection ended.</summary>
/// <param name="Code">The close code; 1005 when the close frame held none, 1006 when the connection just broke (RFC 6455 section 7.1.5).
/// </param>
/// <param name="Reason">The close reason; <c>connection lost</c> when the connection just broke.</param>
public sealed record MockClose(int Code, string Reason);
