namespace HeliosStarling.Micro;

/// <summary>The system's clock, whose timers never fire: no keep-alive or time limit falls into a measurement.</summary>
internal sealed class QuietTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Quiet();

    private sealed class Quiet : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
