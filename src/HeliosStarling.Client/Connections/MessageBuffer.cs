namespace HeliosStarling;

/// <summary>A pooled buffer in which one message is put together; it grows with what came.</summary>
/// <remarks>Not safe to call concurrently.</remarks>
internal sealed class MessageBuffer(BufferPool pool)
{
    private const int InitialLength = 4 * 1024;

    private byte[] _buffer = [];
    private int _length;

    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _length);

    public int Length => _length;

    /// <summary>Free room for the next bytes, never empty.</summary>
    public Memory<byte> GetFree()
    {
        if (_length == _buffer.Length) Grow();
        return _buffer.AsMemory(_length);
    }

    public void Advance(int count) => _length += count;

    /// <summary>Forgets the message and gives the buffer back.</summary>
    public void Release()
    {
        if (_buffer.Length > 0) pool.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }

    private void Grow()
    {
        var larger = pool.Rent(Math.Max(InitialLength, _length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0) pool.Return(_buffer);
        _buffer = larger;
    }
}
