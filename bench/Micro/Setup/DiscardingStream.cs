namespace HeliosStarling.Micro;

/// <summary>A client's connection in memory. It receives nothing until it is cut, and discards what the server sends.</summary>
/// <param name="onSent">Called for each write. Default nothing.</param>
internal sealed class DiscardingStream(Action<int>? onSent = null) : DuplexStream
{
    private readonly TaskCompletionSource<int> _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the connection.</summary>
    public void Cut() => _cut.TrySetResult(0);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_cut.Task);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        onSent?.Invoke(buffer.Length);
        return default;
    }
}
