using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Builds one frame at a time, a short one in memory of its own: then the frame's pooled buffer is no larger than the frame.
/// </summary>
/// <remarks>Not thread-safe: each thread takes its own with <see cref="Take"/> and disposes of it within the same call.</remarks>
internal sealed class FrameWriter : IBufferWriter<byte>, IDisposable
{
    // More than a JSON writer asks for at once when it needs more room.
    private const int ScratchLength = 16 * 1024;

    [ThreadStatic] private static FrameWriter? s_cached;

    private readonly Utf8JsonWriter _outer;
    private readonly Utf8JsonWriter _inner;
    private Utf8JsonWriter _json;
    private BufferPool _pool = null!;
    private readonly byte[] _scratch = new byte[ScratchLength];
    private byte[] _buffer;
    private int _position;

    private FrameWriter() => (_outer, _inner, _json, _buffer) = (MakeJson(wrappers: 1), MakeJson(wrappers: 2), null!, _scratch);

    /// <summary>Takes this thread's writer, or a new one while that is in use (a converter may send messages itself).</summary>
    /// <param name="pool">Where the buffer comes from.</param>
    /// <param name="wrappers">In how many objects of the message its body stands, 1 or 2: a message is at most 64 deep (docs/protocol.md
    /// section 3).</param>
    public static FrameWriter Take(BufferPool pool, int wrappers)
    {
        var writer = s_cached ?? new FrameWriter();
        s_cached = null;
        writer._json = wrappers == 1 ? writer._outer : writer._inner;
        writer._pool = pool;
        writer._position = Frame.HeaderLength;
        return writer;
    }

    /// <summary>Makes a frame of what was written.</summary>
    public Frame Complete(FrameKind kind, MessageKind content, IQueuedRequest? request = null)
    {
        // A JSON writer asks for the most that a value can take, which is several times what most take. A frame keeps its buffer for as
        // long as its receiver takes, so it gets one that fits.
        if (IsShort || _position <= _buffer.Length / 2) return Frame.Of(_pool, _buffer.AsSpan(0, _position), kind, content, request);
        var buffer = _buffer;
        _buffer = _scratch;
        return Frame.Over(_pool, buffer, _position, kind, content, request);
    }

    /// <summary>Gives the writer back to its thread; what was written and not completed is thrown away.</summary>
    public void Dispose()
    {
        if (!IsShort) _pool.Return(_buffer);
        _buffer = _scratch;
        s_cached = this;
    }

    /// <summary>A JSON writer on this frame, valid until it is used the next time. It throws at what is too deep for a message.</summary>
    public Utf8JsonWriter BeginJson()
    {
        _json.Reset();
        return _json;
    }

    /// <inheritdoc/>
    public void Advance(int count) => _position += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_position);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_position);
    }

    private bool IsShort => _buffer == _scratch;

    private void Reserve(int sizeHint)
    {
        if (_buffer.Length - _position >= Math.Max(sizeHint, 1)) return;
        var larger = _pool.Rent(Math.Max(_position + sizeHint, _buffer.Length * 2));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        if (!IsShort) _pool.Return(_buffer);
        _buffer = larger;
    }

    private Utf8JsonWriter MakeJson(int wrappers) => new(this, new JsonWriterOptions
    {
        // Messages are never embedded in HTML, so only what JSON itself demands is escaped, and what lies outside the basic plane.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = ProtocolLimits.MaxDepth - wrappers,
    });
}
