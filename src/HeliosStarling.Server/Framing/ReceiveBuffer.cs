namespace HeliosStarling;

/// <summary>A pooled buffer that receives the bytes of a socket and assembles a message in place.</summary>
/// <param name="pool">The pool of the buffer.</param>
/// <param name="party">The party that the buffer is counted for; null for none.</param>
/// <remarks>Not safe to call concurrently.</remarks>
internal sealed class ReceiveBuffer(BufferPool pool, PartyMemory? party)
{
    // … | message (unmasked, fragments joined) | gap (headers read) | unread bytes | free
    private const int SmallestSize = 4 * 1024;

    /// <summary>The maximum number of bytes of one read.</summary>
    public const int LargestReadSize = 64 * 1024;

    // With less free room than this, moving or growing costs less than another read.
    private const int SmallestRead = 512;

    private byte[]? _buffer;
    private int _readSize = SmallestSize;
    private int _mostUsed;
    private int _messageStart;
    private int _messageEnd;
    private int _start;
    private int _end;

    /// <summary>The size of the buffer in bytes; 0 without a buffer.</summary>
    public int Length => _buffer?.Length ?? 0;

    public int MessageLength => _messageEnd - _messageStart;

    public Span<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    public bool HasRoom => Free > 0;

    public bool IsEmpty => _start == _end && MessageLength == 0;

    /// <summary>Gets free memory for the next bytes of the socket; never empty.</summary>
    /// <param name="needed">The number of bytes that the current frame still needs; 0 when unknown.</param>
    public Memory<byte> GetFree(long needed)
    {
        if (IsEmpty) _messageStart = _messageEnd = _start = _end = 0;
        _buffer ??= Rent(_readSize);
        if (Free < _buffer.Length / 2) MoveToFront(_buffer);

        var wanted = needed > 0 ? (int)Math.Min(needed, SmallestRead) : SmallestRead;
        var size = NextSize(_buffer.Length, wanted);
        if (size != _buffer.Length) Resize(size);
        return _buffer.AsMemory(_end);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Free);
        // A read that fills the buffer means heavy traffic: make the next buffer larger.
        if (count > 0 && _end + count == _buffer!.Length) _readSize = Math.Min(2 * _buffer.Length, LargestReadSize);
        _end += count;
        _mostUsed = Math.Max(_mostUsed, _end);
    }

    /// <summary>Reads the next <paramref name="count"/> bytes. The result is valid until the buffer is used again.</summary>
    public Memory<byte> Take(int count)
    {
        var taken = _buffer.AsMemory(_start, count);
        _start += count;
        return taken;
    }

    /// <summary>Begins a message at the next unread byte.</summary>
    public void BeginMessage() => _messageStart = _messageEnd = _start;

    /// <summary>Reads <paramref name="count"/> unread bytes and appends the first <paramref name="kept"/> of them to the message.</summary>
    public void AppendToMessage(int count, int kept)
    {
        // The payload of the first fragment is already in place.
        if (_messageEnd != _start) Unread[..kept].CopyTo(_buffer.AsSpan(_messageEnd));
        _messageEnd += kept;
        _start += count;
    }

    /// <summary>Shortens the message to at most <paramref name="length"/> bytes.</summary>
    public void TrimMessage(int length) => _messageEnd = _messageStart + Math.Min(MessageLength, length);

    /// <summary>The message as far as it has been read.</summary>
    public Span<byte> Message => _buffer.AsSpan(_messageStart, MessageLength);

    /// <summary>Ends the message and returns its bytes. They are valid until the buffer is used again.</summary>
    public ReadOnlyMemory<byte> EndMessage()
    {
        var message = _buffer.AsMemory(_messageStart, MessageLength);
        _messageStart = _messageEnd = _start;
        return message;
    }

    /// <summary>Discards all bytes and returns the buffer to the pool.</summary>
    public void Release()
    {
        if (_buffer is null) return;
        Return(_buffer);
        _buffer = null;
        // Busy clients pause, too. So the read size shrinks by half at most, and only when little of it was used. Otherwise the next burst
        // of the same size would need several reads.
        if (_mostUsed < _readSize / 4) _readSize = Math.Max(_readSize / 2, SmallestSize);
        _mostUsed = 0;
        _messageStart = _messageEnd = _start = _end = 0;
    }

    private int Free => (_buffer?.Length ?? 0) - _end;

    // The size grows with the received bytes, never with the length in a header, so a false length costs no memory.
    private int NextSize(int size, int wanted)
    {
        if (size > LargestReadSize && size - Free <= LargestReadSize / 2) return LargestReadSize;
        if (size >= _readSize && Free >= wanted) return size;
        return (int)Math.Min(Math.Max(2L * size, _readSize), Array.MaxLength);
    }

    private void Resize(int size)
    {
        var old = _buffer!;
        MoveToFront(Rent(size));
        Return(old);
    }

    private byte[] Rent(int length) => party?.Rent(length) ?? pool.Rent(length);

    private void Return(byte[] buffer)
    {
        if (party is null) pool.Return(buffer);
        else party.Return(buffer);
    }

    private void MoveToFront(byte[] target)
    {
        var message = _buffer.AsSpan(_messageStart, MessageLength);
        var unread = Unread;
        if (target != _buffer || _messageStart > 0) message.CopyTo(target);
        unread.CopyTo(target.AsSpan(message.Length));
        _buffer = target;
        (_messageStart, _messageEnd) = (0, message.Length);
        (_start, _end) = (message.Length, message.Length + unread.Length);
    }
}
