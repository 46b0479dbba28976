using System.Threading.Channels;

namespace HeliosStarling;

/// <summary>Keeps the items of a streamed answer until they are read.</summary>
/// <param name="owner">The listeners of the request.</param>
/// <remarks>One thread at a time adds items, and one reads them. An item is deserialized only when it is read.</remarks>
internal sealed class StreamListener(RequestListeners owner) : IDisposable
{
    private readonly Channel<KeptNotification> _items = Channel.CreateUnbounded<KeptNotification>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Reads the items in order. After the last one, throws the error of the request if there is one.</summary>
    public IAsyncEnumerable<KeptNotification> ReadAllAsync(CancellationToken cancellationToken) =>
        _items.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Adds an item and a reference to it. Wakes the reader on another thread.</summary>
    public void Add(KeptNotification item)
    {
        HasItems = true;
        _items.Writer.TryWrite(item.Retain());
    }

    /// <summary>Indicates whether any item was added.</summary>
    public bool HasItems { get; private set; }

    /// <summary>Ends the stream.</summary>
    public void End(Exception? failure) => _items.Writer.TryComplete(failure);

    /// <summary>Removes the listener and releases the unread items.</summary>
    public void Dispose()
    {
        owner.Remove(this);
        while (_items.Reader.TryRead(out var item)) item.Release();
    }
}
