namespace HeliosStarling;

/// <summary>The outcome of adding a frame to an outbox.</summary>
/// <param name="Result">The status of the frame.</param>
/// <param name="Dropped">The number of dropped messages, including this one.</param>
/// <param name="Room">Completes when there is room for the sender's next message; null when there is room now.</param>
/// <param name="IsTooSlow">Whether the receiver must be disconnected because of the policy.</param>
/// <param name="Requests">The requests among the dropped messages; null when there are none.</param>
/// <param name="Refusal">The error for the sender; null when there is none.</param>
internal readonly record struct EnqueueOutcome(
    EnqueueStatus Result, int Dropped = 0, Task? Room = null, bool IsTooSlow = false, List<IQueuedRequest>? Requests = null,
    HeliosException? Refusal = null);
