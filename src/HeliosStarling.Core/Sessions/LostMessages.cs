namespace HeliosStarling;

/// <summary>The messages of the old epoch that are unconfirmed when a new epoch begins (docs/protocol.md section 7, rule 7).</summary>
/// <param name="Requests">The requests that the peer may have run.</param>
/// <param name="Frames">The frames that the peer may have received, each with a reference.</param>
internal sealed record LostMessages(IReadOnlyList<ISentRequest> Requests, List<Frame> Frames);
