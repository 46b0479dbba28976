namespace HeliosStarling;

/// <summary>A transport that never sends anything.</summary>
internal sealed class StuckConnection : Connection
{
    public static readonly StuckConnection Instance = new();

    public override bool IsOpen => true;

    public int ClosedWith { get; private set; }

    public override void BeginClose(int code, string reason) => ClosedWith = code;

    public override void Abort()
    {
    }

    protected override async ValueTask<bool> FlushAsync()
    {
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return false;
    }

    protected override void OnFlushFailed(Exception exception)
    {
    }
}
