namespace HeliosStarling;

/// <summary>
/// Writes a session's frames and the control frames of one connection to its stream. It gathers small frames and writes large ones
/// directly.
/// </summary>
/// <remarks><see cref="FlushAsync"/> is called by one writer at a time. Other members are safe to call concurrently.</remarks>
internal sealed class FrameSender(Stream stream, Connection connection, PartyMemory party, Liveness liveness)
{
    // Large frames are written in pieces, so that each piece that a slow peer takes is noticed as progress.
    private const int PieceLength = 64 * 1024;

    // 16 KiB: the size of one TLS record.
    private const int BufferLength = 16 * 1024;

    private readonly ControlFrames _controls = new(party);
    private OneTimeSignal _ended;
    private byte[] _buffer = [];
    private int _length;

    // The first small frame of a flush. It is written without a copy when no other frame follows.
    private Frame? _first;
    private CloseInfo? _close;

    /// <summary>Completes when the close frame has been written, or when nothing is written any more.</summary>
    public Task Ended => _ended.Task;

    public ControlFrames Controls => _controls;

    /// <summary>Sends a close frame after all queued messages. Nothing follows it.</summary>
    public void Close(CloseInfo close) => Volatile.Write(ref _close, close);

    /// <summary>Stops writing.</summary>
    public void Stop() => _ended.Set();

    /// <summary>Writes queued messages, at most <paramref name="limit"/>.</summary>
    /// <returns>Whether more is queued.</returns>
    public async ValueTask<bool> FlushAsync(int limit)
    {
        if (_ended.IsSet) return false;
        try
        {
            // Read first: messages that were queued before the close frame must go before it.
            var close = Volatile.Read(ref _close);
            if (_controls.AreDue) await WriteControlsAsync().ConfigureAwait(false);
            for (; limit > 0 && !_ended.IsSet && connection.TryTake(out var frame); limit--)
            {
                if (!TryGather(frame)) await WriteAsync(frame).ConfigureAwait(false);
                if (_controls.AreDue) await WriteControlsAsync().ConfigureAwait(false);
            }
            await WriteGatheredAsync().ConfigureAwait(false);
            if (limit > 0 && close is not null) await WriteCloseAsync(close).ConfigureAwait(false);
            return limit == 0;
        }
        finally
        {
            if (_buffer.Length > 0) party.Return(_buffer);
            _first?.Release();
            (_buffer, _length, _first) = ([], 0, null);
        }
    }

    private async ValueTask WriteAsync(Frame frame)
    {
        try
        {
            var wire = frame.Wire;
            await WriteGatheredAsync().ConfigureAwait(false);
            if (wire.Length > BufferLength) await WritePiecesAsync(wire).ConfigureAwait(false);
            else Gather(wire);
        }
        finally
        {
            frame.Release();
        }
    }

    private async ValueTask WriteControlsAsync()
    {
        if (ControlFrames.MaxTaken > Room) await WriteGatheredAsync().ConfigureAwait(false);
        BeginGathering();
        _length += _controls.Take(_buffer.AsSpan(_length), out var pings);
        if (!pings) return;
        await WriteGatheredAsync().ConfigureAwait(false);
        liveness.PingWritten();
    }

    private async ValueTask WritePiecesAsync(ReadOnlyMemory<byte> wire)
    {
        for (; !wire.IsEmpty; wire = wire[Math.Min(wire.Length, PieceLength)..])
        {
            await WriteNowAsync(wire[..Math.Min(wire.Length, PieceLength)]).ConfigureAwait(false);
        }
    }

    private async ValueTask WriteCloseAsync(CloseInfo close)
    {
        BeginGathering();
        _length = ControlFrames.WriteClose(_buffer, close);
        await WriteGatheredAsync().ConfigureAwait(false);
        Stop();
    }

    // The free bytes for gathered frames, with the first frame deducted.
    private int Room => BufferLength - _length - (_first?.Wire.Length ?? 0);

    /// <summary>Gathers a frame and releases it later, if it fits.</summary>
    private bool TryGather(Frame frame)
    {
        if (frame.Wire.Length > Room) return false;
        if (_first is null && _length == 0)
        {
            _first = frame;
            return true;
        }
        Gather(frame.Wire);
        frame.Release();
        return true;
    }

    private void Gather(ReadOnlyMemory<byte> wire)
    {
        BeginGathering();
        wire.CopyTo(_buffer.AsMemory(_length));
        _length += wire.Length;
    }

    private void BeginGathering()
    {
        if (_buffer.Length == 0) _buffer = party.Rent(BufferLength);
        if (_first is not { } first) return;
        _first = null;
        first.Wire.CopyTo(_buffer);
        _length = first.Wire.Length;
        first.Release();
    }

    private ValueTask WriteGatheredAsync()
    {
        var gathered = _first is { } first ? first.Wire : _buffer.AsMemory(0, _length);
        _length = 0;
        return gathered.IsEmpty ? default : WriteGatheredAsync(gathered);
    }

    private async ValueTask WriteGatheredAsync(ReadOnlyMemory<byte> gathered)
    {
        try
        {
            await WriteNowAsync(gathered).ConfigureAwait(false);
        }
        finally
        {
            _first?.Release();
            _first = null;
        }
    }

    private ValueTask WriteNowAsync(ReadOnlyMemory<byte> bytes)
    {
        var writing = stream.WriteAsync(bytes);
        if (!writing.IsCompletedSuccessfully) return WaitForWriteAsync(writing);
        writing.GetAwaiter().GetResult();
        liveness.Written();
        return default;
    }

    private async ValueTask WaitForWriteAsync(ValueTask writing)
    {
        await writing.ConfigureAwait(false);
        liveness.Written();
    }
}
