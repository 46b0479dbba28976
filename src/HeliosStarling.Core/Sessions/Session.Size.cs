using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Messages that are larger than the peer takes (docs/protocol.md section 4).</content>
internal abstract partial class Session
{
    /// <summary>Refuses a message of the application to its sender; false when the peer takes it.</summary>
    private bool IsRefused(Frame frame, out Enqueued refused)
    {
        refused = default;
        if (!Outbox.Size.IsExceededBy(frame)) return false;
        refused = new Enqueued(EnqueueResult.TooLarge, Refusal: TooLarge.ToSend("The message", frame.Size, Outbox.Size.Bytes));
        frame.Release();
        return true;
    }

    /// <summary>Tells of what was queued for a peer that has come back and takes less: requests fail, streamed answers end, the rest is counted.</summary>
    private void ReportOver()
    {
        if (Outbox.TakeOver() is not { } over) return;
        foreach (var frame in over)
        {
            if (frame.Request is { } request) request.Fail(TooLarge.ToSend($"The request '{request.Method}'", frame.Size, Outbox.Size.Bytes));
            else if (frame.Kind == FrameKind.StreamItem) EndStream(frame);
            else engine.Metrics.Dropped(1, DropReasons.TooLarge);
        }
        // A side that never drops says so; the peer of one that does is told of the gap.
        if (Outbox.Policy is null) Report(over);
        else over.ForEach(static frame => frame.Release());
    }

    /// <summary>Nobody waits for the rest of an answer of which an item is too large.</summary>
    private void EndStream(Frame item)
    {
        if (MessageReader.Read(item.Message, out var message, out _) == ReadStatus.Message && Inbound.TryGet(message.Id, out var request)) request.Cancel(reason: null);
    }
}
