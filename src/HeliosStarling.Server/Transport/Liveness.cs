namespace HeliosStarling;

/// <summary>Decides whether one peer is still alive.</summary>
/// <remarks>Reader and writer report their progress; a timer calls <see cref="Check"/>. Safe to call concurrently.</remarks>
/// <param name="time">The clock.</param>
/// <param name="firstSign">How soon after the upgrade a peer must send something. The answer to a ping is enough.</param>
/// <param name="pingAfter">How long a peer may be silent after that before it is pinged.</param>
/// <param name="deadAfter">How long that ping may stay unanswered.</param>
internal sealed class Liveness(TimeProvider time, TimeSpan firstSign, TimeSpan pingAfter, TimeSpan deadAfter)
{
    private long _waitingSince = time.GetTimestamp();
    private long _writtenAt;
    private long? _pingQueuedAt;
    private long? _pingWrittenAt;
    private bool _isWaiting;
    private bool _isProven;

    /// <summary>Reports that the reader begins to wait for the peer.</summary>
    public void Wait()
    {
        var now = time.GetTimestamp();
        lock (this) (_isWaiting, _waitingSince, _pingQueuedAt, _pingWrittenAt) = (true, now, null, null);
    }

    /// <summary>Reports that bytes have arrived. Until the next wait the peer is not judged: the delay is the reader's own.</summary>
    public void StopWaiting()
    {
        lock (this) (_isWaiting, _isProven) = (false, true);
    }

    /// <summary>Reports that the transport has taken bytes.</summary>
    public void Written() => Volatile.Write(ref _writtenAt, time.GetTimestamp());

    /// <summary>Reports that the transport has taken the ping.</summary>
    public void PingWritten()
    {
        var now = time.GetTimestamp();
        lock (this) _pingWrittenAt = now;
    }

    public LivenessVerdict Check()
    {
        // The clock may be application code: it must not run under the lock.
        var now = time.GetTimestamp();
        lock (this)
        {
            // A new peer has half of its time for the silence, and half for the answer.
            var (silence, answer) = _isProven
                ? (pingAfter, deadAfter)
                : (Shorter(pingAfter, firstSign / 2), Shorter(deadAfter, firstSign / 2));
            if (!_isWaiting || time.GetElapsedTime(_waitingSince, now) < silence) return LivenessVerdict.Alive;
            if (_pingQueuedAt is { } queuedAt)
            {
                // While a large frame is written before the ping, each piece that the peer takes restarts the wait.
                var since = _pingWrittenAt ?? Math.Max(queuedAt, Volatile.Read(ref _writtenAt));
                return time.GetElapsedTime(since, now) >= answer ? LivenessVerdict.Dead : LivenessVerdict.Alive;
            }
            _pingQueuedAt = now;
            return LivenessVerdict.Ping;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
