namespace HeliosStarling;

/// <summary>
/// The turn of one streamed answer among all that are sent to the same peer. With the turn, it may take an item from its source, encode it and queue it.
/// </summary>
/// <param name="outbox">Where the items are queued.</param>
/// <param name="cancellationToken">Ends the waiting.</param>
/// <remarks>Not safe to call concurrently.</remarks>
internal sealed class StreamTurn(Outbox outbox, CancellationToken cancellationToken) : IDisposable
{
    private bool _isTaken;

    /// <summary>Completes when it is this stream's turn and there is room for an item; at once when it has the turn already.</summary>
    public ValueTask TakeAsync()
    {
        if (_isTaken) return default;
        var taking = outbox.TakeTurnAsync(cancellationToken);
        if (!taking.IsCompletedSuccessfully) return WaitAsync(taking);
        _isTaken = true;
        return default;
    }

    /// <summary>Lets the next stream have its turn.</summary>
    public void Pass()
    {
        if (!_isTaken) return;
        _isTaken = false;
        outbox.PassTurn();
    }

    public void Dispose() => Pass();

    private async ValueTask WaitAsync(ValueTask taking)
    {
        await taking.ConfigureAwait(false);
        _isTaken = true;
    }
}
