using System.Threading.Tasks.Sources;

namespace HeliosStarling.Allocations;

/// <summary>
/// A connection in memory that allocates nothing. Pushed bytes are read, handled and answered on the pushing thread before Push
/// returns.
/// </summary>
/// <param name="onSent">Called with the number of sent bytes, on any thread.</param>
internal sealed class PushStream(Action<int> onSent) : DuplexStream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _come;
    private byte[] _chunk = [];
    private int _at;
    private int _times;
    private bool _hasEnded;

    /// <summary>Whether all pushed bytes were read and the reader waits for more.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>The bytes that were sent last.</summary>
    public byte[] Sent { get; private set; } = [];

    /// <summary>Whether sent bytes are kept in <see cref="Sent"/>, which allocates.</summary>
    public bool Keeps { get; set; }

    /// <summary>Pushes the same bytes a number of times.</summary>
    public void Push(byte[] chunk, int times)
    {
        (_chunk, _at, _times, IsTaken) = (chunk, 0, times, false);
        _come.SetResult(0);
    }

    /// <summary>Ends the connection.</summary>
    public void Cut()
    {
        if (_hasEnded) return;
        _hasEnded = true;
        if (IsTaken) _come.SetResult(0);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_times > 0 || _hasEnded) return new ValueTask<int>(Take(buffer.Span));
        _come.Reset();
        IsTaken = true;
        return new ValueTask<int>(this, _come.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Keeps) Sent = buffer.ToArray();
        onSent(buffer.Length);
        return default;
    }

    public int GetResult(short token) => _come.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _come.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _come.OnCompleted(continuation, state, token, flags);

    private int Take(Span<byte> buffer)
    {
        var count = _times == 0 ? 0 : Math.Min(buffer.Length, _chunk.Length - _at);
        _chunk.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        if (count > 0 && _at == _chunk.Length) (_at, _times) = (0, _times - 1);
        return count;
    }
}
