namespace HeliosStarling;

/// <summary>A transport that hands each message to the other session at once.</summary>
internal sealed class LoopConnection(TestSession to) : Connection
{
    public override bool IsOpen => true;

    public override void BeginClose(int code, string reason)
    {
    }

    public override void Abort()
    {
    }

    protected override ValueTask<bool> FlushAsync()
    {
        while (TryTake(out var frame))
        {
            to.Receive(frame.Message.Span, frame.Kind);
            frame.Release();
        }
        return new ValueTask<bool>(false);
    }

    protected override void OnFlushFailed(Exception exception) => Assert.Fail(exception.ToString());
}
