namespace HeliosStarling;

/// <summary>A copy of a notification that waits for application code, counted for its sender as long as somebody keeps it.</summary>
/// <param name="topic">Its topic.</param>
/// <param name="data">Its data; the memory is never pooled.</param>
/// <param name="size">What is charged for it.</param>
/// <param name="charge">Where that is charged.</param>
/// <remarks>Safe to call concurrently. Its maker is the first keeper.</remarks>
internal sealed class KeptNotification(string topic, byte[] data, int size, WaitingCharge charge)
{
    private int _keepers = 1;

    public string Topic => topic;

    public ReadOnlyMemory<byte> Data => data;

    public int Size => size;

    /// <summary>One more keeps it.</summary>
    public KeptNotification Retain()
    {
        Interlocked.Increment(ref _keepers);
        return this;
    }

    /// <summary>One keeper needs it no more.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _keepers) == 0) charge.Release(size);
    }
}
