namespace HeliosStarling;

/// <summary>
/// One connection on its way to a starling. It owns the starling that is made for the connection until that is linked: an attempt that ends
/// otherwise, however it does, leaves nothing behind.
/// </summary>
/// <remarks>Belongs to one admission; not safe to use concurrently.</remarks>
internal sealed class AdmissionAttempt(WebSocketConnection connection, Arrival arrival) : IDisposable
{
    private Starling? _made;

    public WebSocketConnection Connection => connection;

    public Arrival Arrival => arrival;

    /// <summary>Whether the client has answered a ping on this connection.</summary>
    public bool IsProven { get; set; }

    /// <summary>The starling that the connection is linked to; null while it is not.</summary>
    public Starling? Linked { get; private set; }

    /// <summary>Owns a starling from now on that is made for the connection.</summary>
    /// <param name="starling">The starling, which the server may know already.</param>
    public void Own(Starling starling)
    {
        Withdraw();
        _made = starling;
    }

    /// <summary>The connection is linked: what is left to be undone is what the end of any connection undoes.</summary>
    public void OnLinked(Starling starling)
    {
        if (_made != starling) Withdraw();
        (_made, Linked) = (null, starling);
    }

    /// <summary>Gives up the starling that was made, if any.</summary>
    /// <param name="refusal">Why others that wait for it are refused too; null when they may try again.</param>
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
