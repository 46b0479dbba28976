namespace HeliosStarling;

/// <summary>A message queued by a sender that may wait.</summary>
/// <param name="Result">What the outbox did with it.</param>
/// <param name="Dropped">How many messages were dropped, this one included.</param>
/// <param name="Room">Completes when there is room for the sender's next message; null when there is already.</param>
internal readonly record struct DirectSend(EnqueueResult Result, int Dropped, Task? Room);
