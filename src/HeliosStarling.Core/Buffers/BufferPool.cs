using System.Buffers;

namespace HeliosStarling;

/// <summary>Rents buffers and counts those that are out.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class BufferPool
{
    private int _rented;

    /// <summary>How many buffers are rented now.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>Rents a buffer of at least <paramref name="minimumLength"/> bytes, its content undefined.</summary>
    public byte[] Rent(int minimumLength)
    {
        Interlocked.Increment(ref _rented);
        return ArrayPool<byte>.Shared.Rent(minimumLength);
    }

    /// <summary>Gives a rented buffer back; it must not be used any more.</summary>
    public void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _rented);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
