using System.Buffers;

namespace HeliosStarling;

/// <summary>Byte buffers from the shared array pool, counted: an idle connection must hold none.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class BufferPool
{
    private int _rented;

    /// <summary>How many buffers are out now.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>A buffer of at least <paramref name="minimumLength"/> bytes, with whatever its last user left in it.</summary>
    public byte[] Rent(int minimumLength)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(minimumLength);
        Interlocked.Increment(ref _rented);
        return buffer;
    }

    /// <summary>Gives a rented buffer back, once; it must not be touched afterwards.</summary>
    public void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _rented);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
