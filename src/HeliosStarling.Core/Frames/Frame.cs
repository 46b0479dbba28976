using System.Buffers.Binary;
using System.Diagnostics;

namespace HeliosStarling;

/// <summary>
/// One encoded message. It is immutable and shared by all its receivers. When the last reference is released, the frame is reused for
/// another message.
/// </summary>
/// <remarks>
/// Safe to use concurrently. Each holder of a reference must release it exactly once and must not use the frame afterwards, because it may
/// then contain another message.
/// </remarks>
internal sealed class Frame
{
    /// <summary>The room before the message for the longest header of an unmasked frame (RFC 6455 section 5.2).</summary>
    internal const int HeaderLength = 10;

    // The bytes that a frame needs in addition to its buffer: the object, the header of the array and the slot in an outbox.
    internal const int Overhead = 128;

    private BufferPool _pool = null!;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _references;

    private Frame()
    {
    }

    /// <summary>Creates a frame that takes ownership of a buffer.</summary>
    /// <param name="pool">The pool to which the buffer is returned.</param>
    /// <param name="buffer">A rented buffer that is larger than the buffers of reused frames. The message starts at
    /// <see cref="HeaderLength"/>.</param>
    /// <param name="end">The end of the message in the buffer.</param>
    /// <param name="kind">The kind of the message.</param>
    /// <param name="content">The kind of the message for metrics.</param>
    /// <param name="request">The request that the message contains; null for other messages.</param>
    internal static Frame Over(BufferPool pool, byte[] buffer, int end, FrameKind kind, MessageKind content, IQueuedRequest? request)
    {
        Debug.Assert(!FreeFrames.Keeps(buffer), "A frame keeps only buffers of its own.");
        var frame = FreeFrames.Take(length: 0) ?? new Frame();
        frame._buffer = buffer;
        pool.Charge(Overhead);
        frame.Begin(pool, end, kind, content, request);
        return frame;
    }

    /// <summary>Creates a frame with a copy of a message.</summary>
    /// <param name="pool">Counts the copy.</param>
    /// <param name="bytes">The bytes, in which the message starts at <see cref="HeaderLength"/>.</param>
    /// <param name="kind">The kind of the message.</param>
    /// <param name="content">The kind of the message for metrics.</param>
    /// <param name="request">The request that the message contains; null for other messages.</param>
    internal static Frame Of(BufferPool pool, ReadOnlySpan<byte> bytes, FrameKind kind, MessageKind content, IQueuedRequest? request)
    {
        var frame = FreeFrames.Take(bytes.Length) ?? new Frame { _buffer = FreeFrames.MakeBuffer(bytes.Length) };
        if (frame._buffer.Length > 0) pool.Charge(frame.Cost);
        else
        {
            frame._buffer = pool.Rent(bytes.Length);
            pool.Charge(Overhead);
        }
        bytes.CopyTo(frame._buffer);
        frame.Begin(pool, bytes.Length, kind, content, request);
        return frame;
    }

    /// <summary>The kind of the message. It determines whether an outbox may drop it.</summary>
    public FrameKind Kind { get; private set; }

    /// <summary>The kind of the message for metrics.</summary>
    public MessageKind Content { get; private set; }

    /// <summary>The request that the message contains; null for other messages.</summary>
    public IQueuedRequest? Request { get; private set; }

    /// <summary>The length of the buffer.</summary>
    public int BufferLength => _buffer.Length;

    /// <summary>The number of bytes of memory that the frame needs. All of them are counted.</summary>
    public int Cost => _buffer.Length + Overhead;

    /// <summary>
    /// The number of peers for which the frame is queued. They share its cost. Default 1. Set this before the frame is queued.
    /// </summary>
    public int Receivers { get; set; }

    /// <summary>The part of <see cref="Cost"/> that is counted for the party of each receiver.</summary>
    public int CostOfEach => Cost / Receivers;

    /// <summary>The size of the message in bytes, without header.</summary>
    public int Size => _end - HeaderLength;

    /// <summary>The header and the message, as a server sends them.</summary>
    public ReadOnlyMemory<byte> Wire => _buffer.AsMemory(_start, _end - _start);

    /// <summary>The message without header, for transports that write their own header.</summary>
    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(HeaderLength, Size);

    /// <summary>Adds a reference.</summary>
    public Frame Retain()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Releases a reference.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        Request = null;
        if (FreeFrames.Keeps(_buffer)) _pool.Charge(-Cost);
        else
        {
            _pool.Charge(-Overhead);
            _pool.Return(_buffer);
            _buffer = [];
        }
        FreeFrames.Add(this);
    }

    private void Begin(BufferPool pool, int end, FrameKind kind, MessageKind content, IQueuedRequest? request)
    {
        (_pool, _end, Kind, Content, Request, Receivers) = (pool, end, kind, content, request, 1);
        _start = WriteHeader(_buffer, kind == FrameKind.Binary ? (byte)0x82 : (byte)0x81, end - HeaderLength);
        Volatile.Write(ref _references, 1);
    }

    // FIN and opcode | no mask bit, and 7-bit length, 126 + 16-bit length or 127 + 64-bit length. The header ends where the message starts.
    private static int WriteHeader(Span<byte> buffer, byte finAndOpcode, int length)
    {
        var start = HeaderLength - (length < 126 ? 2 : length <= ushort.MaxValue ? 4 : 10);
        buffer[start] = finAndOpcode;
        switch (HeaderLength - start)
        {
            case 2:
                buffer[start + 1] = (byte)length;
                break;
            case 4:
                buffer[start + 1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(buffer[(start + 2)..], (ushort)length);
                break;
            default:
                buffer[start + 1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(buffer[(start + 2)..], (ulong)length);
                break;
        }
        return start;
    }
}
