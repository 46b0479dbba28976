namespace HeliosStarling;

/// <summary>
/// A copy of a notification that waits for application code. It is counted for its sender until the last reference is released.
/// </summary>
/// <param name="topic">The topic.</param>
/// <param name="data">The data. The memory is never pooled.</param>
/// <param name="size">The number of bytes that are counted for it.</param>
/// <param name="charge">Counts the bytes.</param>
/// <remarks>Safe to call concurrently. Its creator owns the first reference.</remarks>
internal sealed class KeptNotification(string topic, byte[] data, int size, WaitingCharge charge)
{
    private int _references = 1;

    public string Topic => topic;

    public ReadOnlyMemory<byte> Data => data;

    public int Size => size;

    /// <summary>Adds a reference.</summary>
    public KeptNotification Retain()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Releases a reference.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) charge.Release(size);
    }
}
