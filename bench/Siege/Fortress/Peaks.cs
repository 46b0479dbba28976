namespace HeliosStarling.Siege;

/// <summary>The most that a server held at any moment since they were last forgotten.</summary>
internal sealed record Peaks(long Buffered, int Running, int Waiting, int Blocking, int WaitingToBlock, long LargestOutbox, int MostMessagesOfOne, int MostRequestsOfOne);
