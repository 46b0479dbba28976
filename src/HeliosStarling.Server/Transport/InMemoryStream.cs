namespace HeliosStarling;

/// <summary>One end of an in-memory connection. Disposing it ends both directions.</summary>
internal sealed class InMemoryStream(ByteChannel input, ByteChannel output) : DuplexStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        input.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        output.WriteAsync(buffer, cancellationToken);

    /// <summary>Ends sending. The other end reads the bytes that are left, and then the end.</summary>
    public Task EndSendingAsync()
    {
        output.End();
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        output.End();
        input.End(new IOException("The connection is disposed of."));
        base.Dispose(disposing);
    }
}
