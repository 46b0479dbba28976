namespace HeliosStarling;

/// <summary>Whether one peer is still there.</summary>
/// <remarks>The reader and the writer say what they do; the ticker asks. Safe to call concurrently.</remarks>
/// <param name="time">The clock.</param>
/// <param name="firstSign">How soon a peer must have sent something after the upgrade, if only the answer to a ping.</param>
/// <param name="pingAfter">How long it may be silent afterwards before it is pinged.</param>
/// <param name="deadAfter">How long that ping may stay unanswered.</param>
internal sealed class Liveness(TimeProvider time, TimeSpan firstSign, TimeSpan pingAfter, TimeSpan deadAfter)
{
    private long _waitingSince = time.GetTimestamp();
    private long _writtenAt;
    private long? _pingQueuedAt;
    private long? _pingWrittenAt;
    private bool _isWaiting;
    private bool _isProven;

    /// <summary>The reader waits for the peer from now on.</summary>
    public void Wait()
    {
        var now = time.GetTimestamp();
        lock (this) (_isWaiting, _waitingSince, _pingQueuedAt, _pingWrittenAt) = (true, now, null, null);
    }

    /// <summary>Something came. While the reader is at work, its own slowness is not held against the peer.</summary>
    public void StopWaiting()
    {
        lock (this) (_isWaiting, _isProven) = (false, true);
    }

    /// <summary>The transport has taken bytes.</summary>
    public void Written() => Volatile.Write(ref _writtenAt, time.GetTimestamp());

    /// <summary>The transport has taken the ping.</summary>
    public void PingWritten()
    {
        var now = time.GetTimestamp();
        lock (this) _pingWrittenAt = now;
    }

    public LivenessVerdict Check()
    {
        // A clock may be the application's: it is not asked under the lock.
        var now = time.GetTimestamp();
        lock (this)
        {
            // Of the time for a first sign, half for the silence and half for the answer.
            var (silence, answer) = _isProven
                ? (pingAfter, deadAfter)
                : (Shorter(pingAfter, firstSign / 2), Shorter(deadAfter, firstSign / 2));
            if (!_isWaiting || time.GetElapsedTime(_waitingSince, now) < silence) return LivenessVerdict.Alive;
            if (_pingQueuedAt is { } queuedAt)
            {
                // Behind a large frame the ping waits as long as the peer takes that.
                var since = _pingWrittenAt ?? Math.Max(queuedAt, Volatile.Read(ref _writtenAt));
                return time.GetElapsedTime(since, now) >= answer ? LivenessVerdict.Dead : LivenessVerdict.Alive;
            }
            _pingQueuedAt = now;
            return LivenessVerdict.Ping;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
