namespace HeliosStarling.Micro;

/// <summary>A transport that discards everything that is sent.</summary>
internal sealed class DiscardingConnection : Connection
{
    public override bool IsOpen => true;

    public override void BeginClose(int code, string reason) => throw new InvalidOperationException($"Closed with {code}: {reason}");

    public override void Abort()
    {
    }

    protected override ValueTask<bool> FlushAsync()
    {
        while (TryTake(out var frame)) frame.Release();
        return new ValueTask<bool>(false);
    }

    protected override void OnFlushFailed(Exception exception) => Environment.FailFast("A benchmark could not send.", exception);
}
