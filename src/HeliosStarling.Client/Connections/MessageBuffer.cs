namespace HeliosStarling;

/// <summary>A pooled buffer for one message. It grows with the received bytes.</summary>
/// <remarks>Not safe to call concurrently.</remarks>
internal sealed class MessageBuffer(BufferPool pool)
{
    private const int InitialLength = 4 * 1024;

    private byte[] _buffer = [];
    private int _length;

    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _length);

    public int Length => _length;

    /// <summary>Gets free memory for the next bytes; never empty.</summary>
    public Memory<byte> GetFree()
    {
        if (_length == _buffer.Length) Grow();
        return _buffer.AsMemory(_length);
    }

    public void Advance(int count) => _length += count;

    /// <summary>Discards the message and returns the buffer to the pool.</summary>
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
