namespace HeliosStarling;

/// <summary>
/// The admission of one connection. It owns the starling that is created for the connection until the two are linked. An attempt that ends
/// without a link leaves nothing behind.
/// </summary>
/// <remarks>Used by one admission only; not safe to use concurrently.</remarks>
internal sealed class AdmissionAttempt(WebSocketConnection connection, Arrival arrival) : IDisposable
{
    private Starling? _made;

    public WebSocketConnection Connection => connection;

    public Arrival Arrival => arrival;

    /// <summary>Whether the client has answered the ping on this connection.</summary>
    public bool IsProven { get; set; }

    /// <summary>The linked starling; null before the link.</summary>
    public Starling? Linked { get; private set; }

    /// <summary>Takes ownership of a starling that was created for the connection.</summary>
    /// <param name="starling">The starling. It may already be known to the server.</param>
    public void Own(Starling starling)
    {
        Withdraw();
        _made = starling;
    }

    /// <summary>Records the link. From now on the end of the connection cleans up.</summary>
    public void OnLinked(Starling starling)
    {
        if (_made != starling) Withdraw();
        (_made, Linked) = (null, starling);
    }

    /// <summary>Withdraws the owned starling, if there is one.</summary>
    /// <param name="refusal">The refusal for other connections that wait for the starling; null when they may try again.</param>
    public void Withdraw(HeliosException? refusal = null)
    {
        var made = _made;
        _made = null;
        if (made is null) return;
        made.Life.Withdraw(connection);
        made.Prepared?.TrySetResult(refusal);
    }

    public void Dispose() => Withdraw();
}
