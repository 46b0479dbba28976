using System.IO.Pipelines;

namespace HeliosStarling.Threads;

/// <summary>One end of a connection in memory.</summary>
/// <param name="input">What comes.</param>
/// <param name="output">Where what is sent goes.</param>
/// <param name="loop">Where a read goes on; null: anywhere.</param>
internal sealed class LoopStream(PipeReader input, PipeWriter output, LoopThread? loop) : DuplexStream
{
    private readonly Stream _input = input.AsStream();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (loop is not null) await loop;
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);

    /// <summary>Ends both directions.</summary>
    public void Cut()
    {
        output.Complete();
        input.CancelPendingRead();
    }
}
