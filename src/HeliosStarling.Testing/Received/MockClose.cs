namespace HeliosStarling.Testing;

/// <summary>The end of a mock's connection.</summary>
/// <param name="Code">The close code; 1005 when the close frame had none, 1006 when there was no close frame (RFC 6455 section
/// 7.1.5).</param>
/// <param name="Reason">The close reason; <c>connection lost</c> when there was no close frame.</param>
public sealed record MockClose(int Code, string Reason);
