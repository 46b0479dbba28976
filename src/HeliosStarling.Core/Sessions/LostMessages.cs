namespace HeliosStarling;

/// <summary>What a new epoch leaves behind (docs/protocol.md section 7, rule 7).</summary>
/// <param name="Requests">Those that the peer may have run.</param>
/// <param name="Frames">Those that it may have got, of which a reference is held.</param>
internal sealed record LostMessages(IReadOnlyList<ISentRequest> Requests, List<Frame> Frames);
