using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace HeliosStarling;

internal static class TestFrames
{
    public static Frame Make(this BufferPool pool, string text, FrameKind kind = FrameKind.Text)
    {
        using var writer = FrameWriter.Take(pool, wrappers: 1);
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
        return writer.Complete(kind, MessageKind.Text);
    }

    /// <summary>An outbox with a linked transport, without numbers.</summary>
    public static Outbox CreateOutbox(OutboxLimits limits)
    {
        var outbox = new Outbox(limits, frame => frame.Retain(), new PeerMemory(null));
        outbox.Restart(StuckConnection.Instance, Numbering.None, welcome: null);
        return outbox;
    }

    public static EnqueueStatus Enqueue(this Outbox outbox, Frame frame, out int dropped)
    {
        var enqueued = outbox.Enqueue(frame);
        dropped = enqueued.Dropped;
        return enqueued.Result;
    }

    public static Task? EnqueueDirect(this Outbox outbox, Frame frame, out int dropped)
    {
        var enqueued = outbox.EnqueueDirect(frame);
        dropped = enqueued.Dropped;
        return enqueued.Room;
    }

    public static bool TryTake(this Outbox outbox, [NotNullWhen(true)] out Frame? frame) =>
        outbox.TryTake(StuckConnection.Instance, out frame, out _);

    /// <summary>Takes all frames and returns their texts.</summary>
    public static List<string> TakeAll(this Outbox outbox)
    {
        var taken = new List<string>();
        while (outbox.TryTake(out var frame))
        {
            taken.Add(Encoding.UTF8.GetString(frame.Message.Span));
            frame.Release();
        }
        return taken;
    }
}
