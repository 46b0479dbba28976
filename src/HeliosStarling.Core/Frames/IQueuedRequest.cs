namespace HeliosStarling;

/// <summary>A request of this side whose frame waits to be sent.</summary>
/// <remarks>
/// Safe to call concurrently. Everything except <see cref="Fail"/> may be called under an outbox's lock: it runs no application code.
/// </remarks>
internal interface IQueuedRequest
{
    /// <summary>The id that the answer carries.</summary>
    Guid Id { get; }

    /// <summary>The method that is called.</summary>
    string Method { get; }

    /// <summary>Whether it was handed to a connection, so that the peer may have run it.</summary>
    bool IsSent { get; }

    /// <summary>Whether nobody needs it any more, and it was not sent.</summary>
    bool IsWithdrawn { get; }

    /// <summary>It is handed to a connection now; false when it was withdrawn.</summary>
    bool TrySend();

    /// <summary>The peer never got it: it is unsent again.</summary>
    void TakeBack();

    /// <summary>There will be no answer.</summary>
    void Fail(Exception exception);
}
