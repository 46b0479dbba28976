namespace HeliosStarling;

/// <summary>What became of a frame that was given to an outbox.</summary>
/// <param name="Result">What the outbox did with it.</param>
/// <param name="Dropped">How many messages were dropped, this one included.</param>
/// <param name="Room">Completes when there is room for the sender's next message; null when there is already.</param>
/// <param name="IsTooSlow">Whether the policy says that the receiver is to be disconnected.</param>
/// <param name="Requests">The requests among what was dropped; null when there are none.</param>
/// <param name="Refusal">What its sender is to be told; null when there is nothing that it must hear of.</param>
internal readonly record struct EnqueueOutcome(
    EnqueueStatus Result, int Dropped = 0, Task? Room = null, bool IsTooSlow = false, List<IQueuedRequest>? Requests = null,
    HeliosException? Refusal = null);
