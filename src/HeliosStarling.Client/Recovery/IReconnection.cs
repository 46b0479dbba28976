namespace HeliosStarling;

/// <summary>Decides when a client reconnects, instead of the back-off. For tests.</summary>
internal interface IReconnection
{
    /// <summary>Whether the client reconnects after it has lost its connection.</summary>
    bool ComesBack { get; }

    /// <summary>Completes when the client may try to reconnect.</summary>
    /// <param name="failure">Why the previous attempt failed, or how the connection ended; null when it was lost without a close
    /// frame.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task WaitAsync(ConnectionFailure? failure, CancellationToken cancellationToken);
}
