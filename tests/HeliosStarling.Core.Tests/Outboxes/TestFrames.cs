using System.Text;

namespace HeliosStarling;

internal static class TestFrames
{
    public static Frame Make(this BufferPool pool, string text, FrameKind kind = FrameKind.Text)
    {
        using var writer = FrameWriter.Take(pool);
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
        return writer.Complete(kind);
    }

    /// <summary>Takes all frames out and says what they held.</summary>
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
