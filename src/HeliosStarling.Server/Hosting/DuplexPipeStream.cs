using System.IO.Pipelines;

namespace HeliosStarling;

/// <summary>A bare connection's two pipes as one stream, without a copy of its own.</summary>
internal sealed class DuplexPipeStream(IDuplexPipe pipe) : DuplexStream
{
    private readonly Stream _input = pipe.Input.AsStream(leaveOpen: true);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flushed = await pipe.Output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (flushed.IsCompleted) throw new IOException("The peer has closed the connection.");
    }
}
