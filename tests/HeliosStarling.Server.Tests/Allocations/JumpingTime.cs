using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Allocations;

/// <summary>
/// A clock that is seconds later at each read. So no reader counts as heavy, and none queues for a pool thread. Its
/// timers never fire.
/// </summary>
internal sealed class JumpingTime : FakeTimeProvider
{
    private long _looks;

    public override long GetTimestamp() => Interlocked.Increment(ref _looks) * 2 * TimestampFrequency;
}
