namespace HeliosStarling.Recovery;

/// <summary>A clock that throws once, at the n-th call, so that each step that uses it can fail in turn.</summary>
internal sealed class FaultyTime(TimeProvider inner) : TimeProvider
{
    private int _left;

    /// <summary>Whether it has thrown since it was armed.</summary>
    public bool HasFailed { get; private set; }

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public void Arm(int n)
    {
        HasFailed = false;
        Volatile.Write(ref _left, n);
    }

    public void Disarm() => Volatile.Write(ref _left, 0);

    public override DateTimeOffset GetUtcNow()
    {
        if (Volatile.Read(ref _left) == 0 || Interlocked.Decrement(ref _left) != 0) return inner.GetUtcNow();
        HasFailed = true;
        throw new InvalidOperationException("A fault of the test.");
    }

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
