namespace HeliosStarling;

/// <summary>Whether one peer is still there.</summary>
/// <remarks>The reader says when it waits; the ticker asks.</remarks>
internal sealed class Liveness(TimeProvider time, TimeSpan pingAfter, TimeSpan deadAfter)
{
    private long _waitingSince = time.GetTimestamp();
    private long _pingedAt;
    private volatile bool _isWaiting;

    /// <summary>The reader waits for the peer from now on.</summary>
    public void Wait()
    {
        Volatile.Write(ref _pingedAt, 0);
        Volatile.Write(ref _waitingSince, time.GetTimestamp());
        _isWaiting = true;
    }

    /// <summary>Something came. While the reader is at work, its own slowness is not held against the peer.</summary>
    public void StopWaiting() => _isWaiting = false;

    public LivenessVerdict Check()
    {
        if (!_isWaiting) return LivenessVerdict.Alive;
        var pingedAt = Volatile.Read(ref _pingedAt);
        if (pingedAt != 0) return time.GetElapsedTime(pingedAt) >= deadAfter ? LivenessVerdict.Dead : LivenessVerdict.Alive;
        if (time.GetElapsedTime(Volatile.Read(ref _waitingSince)) < pingAfter) return LivenessVerdict.Alive;
        // A clock may start at 0, which means "not pinged".
        Volatile.Write(ref _pingedAt, Math.Max(1, time.GetTimestamp()));
        return LivenessVerdict.Ping;
    }
}
