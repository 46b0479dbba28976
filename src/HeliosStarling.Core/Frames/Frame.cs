using System.Buffers.Binary;
using System.Diagnostics;

namespace HeliosStarling;

/// <summary>
/// One encoded message, immutable and shared by all its receivers; with the last reference it is free to carry another one.
/// </summary>
/// <remarks>
/// Safe to use concurrently. Each holder of a reference releases it exactly once, and does not look at the frame afterward: it may carry
/// another message.
/// </remarks>
internal sealed class Frame
{
    /// <summary>Room before the message for the longest header of an unmasked frame (RFC 6455 section 5.2).</summary>
    internal const int HeaderLength = 10;

    // What a frame takes beside its buffer's bytes: the object, the array's header, its slot in an outbox.
    internal const int Overhead = 128;

    private BufferPool _pool = null!;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _references;

    private Frame()
    {
    }

    /// <summary>A frame over a buffer that it takes over.</summary>
    /// <param name="pool">Where the buffer goes back to.</param>
    /// <param name="buffer">A rented buffer, larger than those that frames keep, whose message starts at
    /// <see cref="HeaderLength"/>.</param>
    /// <param name="end">Where the message ends.</param>
    /// <param name="kind">What the message is.</param>
    /// <param name="content">What metrics call it.</param>
    /// <param name="request">Whose question it is; null unless it is a request.</param>
    internal static Frame Over(BufferPool pool, byte[] buffer, int end, FrameKind kind, MessageKind content, IQueuedRequest? request)
    {
        Debug.Assert(!FreeFrames.Keeps(buffer), "A frame keeps only buffers of its own.");
        var frame = FreeFrames.Take(length: 0) ?? new Frame();
        frame._buffer = buffer;
        pool.Charge(Overhead);
        frame.Begin(pool, end, kind, content, request);
        return frame;
    }

    /// <summary>A frame with a copy of a message.</summary>
    /// <param name="pool">Counts the copy.</param>
    /// <param name="bytes">The message, which starts at <see cref="HeaderLength"/>.</param>
    /// <param name="kind">What the message is.</param>
    /// <param name="content">What metrics call it.</param>
    /// <param name="request">Whose question it is; null unless it is a request.</param>
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

    /// <summary>What the message is, which decides whether an outbox may drop it.</summary>
    public FrameKind Kind { get; private set; }

    /// <summary>What metrics call it.</summary>
    public MessageKind Content { get; private set; }

    /// <summary>Whose question the message is; null unless it is a request.</summary>
    public IQueuedRequest? Request { get; private set; }

    /// <summary>How long its buffer is.</summary>
    public int BufferLength => _buffer.Length;

    /// <summary>How many bytes of memory it takes, all of which are counted.</summary>
    public int Cost => _buffer.Length + Overhead;

    /// <summary>How many peers it is queued for, which share its cost. Default 1. To be set before it is queued.</summary>
    public int Receivers { get; set; }

    /// <summary>The part of <see cref="Cost"/> that counts for each of its receivers' parties.</summary>
    public int CostOfEach => Cost / Receivers;

    /// <summary>The message's size in bytes, without header.</summary>
    public int Size => _end - HeaderLength;

    /// <summary>Header and message, as a server sends them.</summary>
    public ReadOnlyMemory<byte> Wire => _buffer.AsMemory(_start, _end - _start);

    /// <summary>The message alone, for transports that make their own header.</summary>
    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(HeaderLength, Size);

    /// <summary>Takes another reference.</summary>
    public Frame Retain()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Gives one reference back.</summary>
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

    // FIN and opcode | no mask and 7-bit length, 126 + 16-bit length or 127 + 64-bit length; ends where the message starts.
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
