using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Builds one frame at a time. It writes a short frame to its own scratch memory first, so that the buffer of the frame is not larger than
/// necessary.
/// </summary>
/// <remarks>Not thread-safe. Each thread gets its own writer from <see cref="Take"/> and disposes of it in the same call.</remarks>
internal sealed class FrameWriter : IBufferWriter<byte>, IDisposable
{
    // More than a JSON writer requests at once when it needs more room.
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

    /// <summary>Returns the writer of this thread, or a new one while that is in use. A converter may send messages itself.</summary>
    /// <param name="pool">The pool that provides the buffer.</param>
    /// <param name="wrappers">The number of objects of the message around the body, 1 or 2. It limits the depth of the body, because a
    /// message has at most 64 levels (docs/protocol.md section 3).</param>
    public static FrameWriter Take(BufferPool pool, int wrappers)
    {
        var writer = s_cached ?? new FrameWriter();
        s_cached = null;
        writer._json = wrappers == 1 ? writer._outer : writer._inner;
        writer._pool = pool;
        writer._position = Frame.HeaderLength;
        return writer;
    }

    /// <summary>Creates a frame from the written bytes.</summary>
    public Frame Complete(FrameKind kind, MessageKind content, IQueuedRequest? request = null)
    {
        // A JSON writer requests the maximum length that a value can have, which is several times the usual length. A frame may keep its
        // buffer for a long time, so it gets a buffer that fits.
        if (UsesScratch || _position <= _buffer.Length / 2) return Frame.Of(_pool, _buffer.AsSpan(0, _position), kind, content, request);
        var buffer = _buffer;
        _buffer = _scratch;
        return Frame.Over(_pool, buffer, _position, kind, content, request);
    }

    /// <summary>Returns the writer to its thread. Bytes that were not completed are discarded.</summary>
    public void Dispose()
    {
        if (!UsesScratch) _pool.Return(_buffer);
        _buffer = _scratch;
        s_cached = this;
    }

    /// <summary>
    /// Returns a JSON writer that writes to this frame. It is valid until the next call. It throws when a value is too deep for a message.
    /// </summary>
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

    private bool UsesScratch => _buffer == _scratch;

    private void Reserve(int sizeHint)
    {
        if (_buffer.Length - _position >= Math.Max(sizeHint, 1)) return;
        var larger = _pool.Rent(Math.Max(_position + sizeHint, _buffer.Length * 2));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        if (!UsesScratch) _pool.Return(_buffer);
        _buffer = larger;
    }

    private Utf8JsonWriter MakeJson(int wrappers) => new(this, new JsonWriterOptions
    {
        // Messages are never embedded in HTML. So this escapes only the characters that JSON requires, and those outside the basic plane.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = ProtocolLimits.MaxDepth - wrappers,
    });
}
