using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Parses the bytes of a client into messages and control frames, by the rules of RFC 6455 for servers. It does no I/O.</summary>
/// <remarks>
/// Not safe to call concurrently. The results of <see cref="TryRead"/> depend only on the bytes and not on their division into reads, with
/// one exception: when the pool has no memory for a message, the message is skipped like one that is too large.
/// The reader holds one pooled buffer while it has data, and none after <see cref="ReleaseIdleBuffer"/>.
/// </remarks>
/// <param name="maxMessageSize">The maximum size of a message in bytes, with all its fragments.</param>
/// <param name="pool">The pool of the buffer.</param>
/// <param name="connection">The connection, whose session limits the peer's memory. Default none.</param>
/// <param name="party">The party that the buffer is counted for. Default none.</param>
internal sealed class FrameReader(int maxMessageSize, BufferPool pool, Connection? connection = null, PartyMemory? party = null)
    : IDisposable
{
    // FIN and the opcode of a close frame, the mask bit of the length, and the size of a header with a mask.
    private const int CloseByte = 0x88;
    private const int MaskBit = 0x80;
    private const int SmallestHeader = 6;

    private readonly ReceiveBuffer _buffer = new(pool, party);
    private readonly long _closeAbove = (long)maxMessageSize * ProtocolLimits.TooLargeFactor;
    private MessageInProgress _message;

    // The current data frame.
    private bool _insideFrame;
    private bool _final;
    private long _left;
    private uint _mask;

    private bool _closed;
    private bool _isSkippingClose;
    private bool _disposed;

    /// <summary>The code and reason to close with, after <see cref="TryRead"/> returned <see cref="FrameStatus.Invalid"/>.</summary>
    public (int Code, string Reason) Fault { get; private set; }

    /// <summary>Whether the fault is in the content or size of a text or binary message. Such a message counts as received.</summary>
    /// <remarks>Otherwise a resuming client would send the message again and again (docs/protocol.md section 7, rule 1).</remarks>
    public bool IsFaultOfMessage { get; private set; }

    /// <summary>
    /// The start of a text message that is too large even to be skipped, as far as it has arrived. It may contain the id of the request
    /// that the message answers. Empty for other faults. Its length depends on the division of the bytes into reads.
    /// </summary>
    public (ReadOnlyMemory<byte> Bytes, long Size) FaultyStart { get; private set; }

    /// <summary>Whether the peer's close frame has arrived, also after a fault as far as frames can still be recognized.</summary>
    public bool HasPeerClosed => _closed;

    /// <summary>Whether bytes have arrived after the peer's close frame, which is not allowed.</summary>
    public bool HasMoreBehindClose { get; private set; }

    /// <summary>Whether nothing is buffered and no message is incomplete.</summary>
    public bool IsIdle => _buffer.IsEmpty && !_message.IsOpen;

    /// <summary>The number of received bytes that <see cref="TryRead"/> has not read.</summary>
    public int UnreadLength => _buffer.Unread.Length;

    /// <summary>The received bytes that <see cref="TryRead"/> has not read.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.Unread;

    /// <summary>Whether the buffer has free room. After a read this means that the socket had no more bytes.</summary>
    public bool HasRoom => _buffer.HasRoom;

    /// <summary>Gets free memory for the next bytes of the socket; never empty. It invalidates the last payload.</summary>
    public Memory<byte> GetMemory()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _buffer.GetFree(_left);
    }

    /// <summary>Adds <paramref name="count"/> bytes that were written to the memory of <see cref="GetMemory"/>.</summary>
    public void Advance(int count) => _buffer.Advance(count);

    /// <summary>Reads the next message or control frame. It invalidates the last payload.</summary>
    /// <returns>After a close frame always <see cref="FrameStatus.Incomplete"/>: all later bytes are discarded (RFC 6455 section
    /// 5.5.1).</returns>
    public FrameStatus TryRead(out InboundFrame incoming)
    {
        incoming = default;
        while (Fault.Code == 0 && !_closed)
        {
            if (_insideFrame)
            {
                if (!TryReadPayload()) break;
                if (!_final) continue;
                return EndMessage(out incoming);
            }

            if (!FrameHeader.TryRead(_buffer.Unread, out var header, out var size)) break;
            if (FrameRules.FindFault(header, _message.IsOpen) is { } fault)
            {
                Skip(header, size);
                return Fail(CloseCode.ProtocolError, fault);
            }
            if (!header.IsControl) BeginFrame(header, size);
            else if (_buffer.Unread.Length < size + (int)header.Length) break;
            else return ReadControl(header, size, out incoming);
        }

        if (Fault.Code == 0 && !_closed) return FrameStatus.Incomplete;
        SkipToClose();
        _buffer.EndMessage();
        return Fault.Code == 0 ? FrameStatus.Incomplete : FrameStatus.Invalid;
    }

    /// <summary>Returns the buffer to the pool if the reader is idle. It invalidates the last payload.</summary>
    public void ReleaseIdleBuffer()
    {
        if (!IsIdle || _buffer.Length == 0) return;
        _buffer.Release();
        connection?.Session?.Outbox.Memory.EndIncoming();
    }

    public void Dispose()
    {
        _disposed = true;
        _buffer.Release();
    }

    private FrameStatus ReadControl(in FrameHeader header, int headerSize, out InboundFrame incoming)
    {
        _buffer.Take(headerSize);
        var payload = _buffer.Take((int)header.Length);
        Masking.Apply(payload.Span, header.Mask);
        if (header.Opcode == Opcode.Close) return ReadClose(payload.Span, out incoming);

        var kind = header.Opcode == Opcode.Ping ? InboundFrameKind.Ping : InboundFrameKind.Pong;
        incoming = new InboundFrame { Kind = kind, Payload = payload, Size = payload.Length };
        return FrameStatus.Ready;
    }

    private FrameStatus ReadClose(ReadOnlySpan<byte> payload, out InboundFrame incoming)
    {
        _closed = true;
        if (!ClosePayload.TryRead(payload, out incoming, out var fault)) return Fail(fault.Code, fault.Reason);
        _message = default;
        _buffer.EndMessage();
        return FrameStatus.Ready;
    }

    private void BeginFrame(in FrameHeader header, int headerSize)
    {
        _buffer.Take(headerSize);
        if (header.Opcode != Opcode.Continuation)
        {
            _message = new MessageInProgress(header.Opcode);
            _buffer.BeginMessage();
        }

        (_insideFrame, _final, _left, _mask) = (true, header.Fin, (long)header.Length, header.Mask);
        if (_left > _closeAbove - _message.Size)
        {
            if (_message.IsText) FaultyStart = (CopyStart(), _message.Size + _left);
            FailMessage(CloseCode.TooLarge, "Message is too large");
            return;
        }

        _message.Size += _left;
        DropIfTooLarge();
    }

    // Reads the available part of the frame's payload. Returns false when bytes are missing or a fault was found.
    private bool TryReadPayload()
    {
        var piece = _buffer.Unread;
        if (piece.Length > _left) piece = piece[..(int)_left];
        _mask = Masking.Apply(piece, _mask, out var isAscii);
        // ASCII needs no validation, unless it follows an incomplete code point.
        if (_message.IsText && !(isAscii && _message.Utf8.IsComplete) && !_message.Utf8.TryAppend(piece))
        {
            FailMessage(CloseCode.InvalidUtf8, "Text is not UTF-8");
            return false;
        }

        DropIfTooLarge();
        _buffer.AppendToMessage(piece.Length, Kept(piece.Length));
        _left -= piece.Length;
        if (_left > 0) return false;
        _insideFrame = false;
        return true;
    }

    // The start is copied, because the bytes in the buffer must stay masked for the search for the peer's close frame.
    private byte[] CopyStart()
    {
        var begun = _buffer.Message;
        var piece = _buffer.Unread;
        if (begun.Length > ProtocolLimits.RequestIdSearchLength) begun = begun[..ProtocolLimits.RequestIdSearchLength];
        piece = piece[..Math.Min(piece.Length, ProtocolLimits.RequestIdSearchLength - begun.Length)];
        var start = new byte[begun.Length + piece.Length];
        begun.CopyTo(start);
        piece.CopyTo(start.AsSpan(begun.Length));
        Masking.Apply(start.AsSpan(begun.Length), _mask);
        return start;
    }

    // Checked for each piece: while a message arrives slowly, others may take the memory.
    private void DropIfTooLarge()
    {
        if (_message.IsTooLarge || (_message.Size <= maxMessageSize && _buffer.MessageLength <= MemoryLimit)) return;
        _message.IsTooLarge = true;
        _buffer.TrimMessage(ProtocolLimits.RequestIdSearchLength);
    }

    /// <summary>The number of received bytes that may be buffered.</summary>
    public long MemoryLimit => connection?.Session is { } session
        ? session.Outbox.Memory.LimitOfIncoming(_buffer.Length)
        : party?.ShareOf(_buffer.Length, _buffer.Length) ?? pool.ShareOf(_buffer.Length);

    private int Kept(int count) => !_message.IsTooLarge
        ? count
        : Math.Clamp(ProtocolLimits.RequestIdSearchLength - _buffer.MessageLength, 0, count);

    private FrameStatus EndMessage(out InboundFrame incoming)
    {
        incoming = default;
        if (!_message.Utf8.IsComplete) return FailMessage(CloseCode.InvalidUtf8, "Text is not UTF-8");

        var kind = _message.IsText ? InboundFrameKind.Text : InboundFrameKind.Binary;
        incoming = new InboundFrame
        {
            Kind = _message.IsTooLarge ? InboundFrameKind.TooLarge : kind,
            Payload = _buffer.EndMessage(),
            Size = _message.Size,
            IsText = _message.IsText,
        };
        _message = default;
        return FrameStatus.Ready;
    }

    /// <summary>Skips frames up to the peer's close frame, and everything after it, so that bytes do not pile up.</summary>
    private void SkipToClose()
    {
        while (!_closed && (!_insideFrame || TrySkipPayload()) && FrameHeader.TryRead(_buffer.Unread, out var header, out var size))
            Skip(header, size);
        if (!_closed || _buffer.Unread.IsEmpty) return;
        HasMoreBehindClose = true;
        _buffer.Take(_buffer.Unread.Length);
    }

    private void Skip(in FrameHeader header, int headerSize)
    {
        _buffer.Take(headerSize);
        (_insideFrame, _left, _isSkippingClose) = (true, (long)Math.Min(header.Length, long.MaxValue), header.Opcode == Opcode.Close);
        TrySkipPayload();
    }

    private bool TrySkipPayload()
    {
        var piece = _buffer.Take((int)Math.Min(_left, _buffer.Unread.Length)).Span;
        _left -= piece.Length;
        _insideFrame = _left > 0;
        _closed = _insideFrame ? EndsWithClose(piece) : _isSkippingClose;
        return !_insideFrame;
    }

    // A peer that learns of a fault while it sends a frame may abandon that frame and send a close frame.
    private static bool EndsWithClose(ReadOnlySpan<byte> bytes)
    {
        for (var length = 0; length <= FrameRules.MaxControlPayload && length + SmallestHeader <= bytes.Length; length++)
        {
            var end = bytes[^(length + SmallestHeader)..];
            if (end[0] == CloseByte && end[1] == (MaskBit | length)) return true;
        }
        return false;
    }

    private FrameStatus FailMessage(int code, string reason)
    {
        IsFaultOfMessage = true;
        return Fail(code, reason);
    }

    private FrameStatus Fail(int code, string reason)
    {
        Fault = (code, reason);
        _message = default;
        return FrameStatus.Invalid;
    }
}
