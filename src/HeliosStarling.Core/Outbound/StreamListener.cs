using System.Threading.Channels;

namespace HeliosStarling;

/// <summary>The items of a streamed answer that wait for its reader.</summary>
/// <param name="owner">Where it listens.</param>
/// <remarks>Items are added by one thread at a time, read by one, and read as values only when their turn comes.</remarks>
internal sealed class StreamListener(RequestListeners owner) : IDisposable
{
    private readonly Channel<KeptNotification> _items = Channel.CreateUnbounded<KeptNotification>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>The items, in order; throws what the request failed with after the last.</summary>
    public IAsyncEnumerable<KeptNotification> ReadAllAsync(CancellationToken cancellationToken) =>
        _items.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Takes an item, which it keeps until it is read. Wakes the reader on another thread.</summary>
    public void Add(KeptNotification item)
    {
        HasItems = true;
        _items.Writer.TryWrite(item.Retain());
    }

    /// <summary>Whether there ever was an item.</summary>
    public bool HasItems { get; private set; }

    /// <summary>No more items come.</summary>
    public void End(Exception? failure) => _items.Writer.TryComplete(failure);

    /// <summary>Stops listening, and lets go of what was not read.</summary>
    public void Dispose()
    {
        owner.Remove(this);
        while (_items.Reader.TryRead(out var item)) item.Release();
    }
}
