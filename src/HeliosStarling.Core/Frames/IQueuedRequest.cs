namespace HeliosStarling;

/// <summary>A request of this side whose frame waits to be sent.</summary>
/// <remarks>
/// Safe to call concurrently. All members except <see cref="Fail"/> may be called under the lock of an outbox, because they run no
/// application code.
/// </remarks>
internal interface IQueuedRequest
{
    /// <summary>The id of the request and of its answer.</summary>
    Guid Id { get; }

    /// <summary>The name of the method.</summary>
    string Method { get; }

    /// <summary>Indicates whether the request was handed to a connection, so that the peer may have run it.</summary>
    bool IsSent { get; }

    /// <summary>Indicates whether the request was withdrawn before it was sent.</summary>
    bool IsWithdrawn { get; }

    /// <summary>Marks the request as sent, because it is handed to a connection. Returns false when it was withdrawn.</summary>
    bool TryMarkSent();

    /// <summary>Marks the request as unsent again, because the peer did not receive it.</summary>
    void MarkUnsent();

    /// <summary>Fails the request without an answer.</summary>
    void Fail(Exception exception);
}
