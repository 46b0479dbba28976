namespace HeliosStarling;

/// <summary>Says when a client comes back, in place of the back-off: for tests.</summary>
internal interface IReconnection
{
    /// <summary>Whether the client comes back when its connection has dropped.</summary>
    bool ComesBack { get; }

    /// <summary>Completes when the client is to try again.</summary>
    /// <param name="failure">Why the try before failed, or how the connection ended; null when it just broke.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task WaitAsync(ConnectionFailure? failure, CancellationToken cancellationToken);
}
