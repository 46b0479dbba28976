using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Allocations;

/// <summary>
/// A clock that is seconds later at each look: no reader has had much within a second, so none stands in line for a thread of the pool. Its
/// timers never fire.
/// </summary>
internal sealed class HurriedTime : FakeTimeProvider
{
    private long _looks;

    public override long GetTimestamp() => Interlocked.Increment(ref _looks) * 2 * TimestampFrequency;
}
