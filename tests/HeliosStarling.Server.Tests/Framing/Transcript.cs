using System.Globalization;
using System.Text;

namespace HeliosStarling.Framing;

/// <summary>All results of a reader for a stream of bytes, one line each.</summary>
internal static class Transcript
{
    public const int DefaultMax = 1024 * 1024;

    public static List<string> Of(params IEnumerable<ClientFrame> frames) => OfBytes(ClientFrame.Join(frames));

    /// <summary>Reads <paramref name="bytes"/> in pieces that end at <paramref name="cuts"/>.</summary>
    public static List<string> OfBytes(byte[] bytes, int max = DefaultMax, params IEnumerable<int> cuts)
    {
        using var reader = new FrameReader(max, new BufferPool());
        return [.. Read(reader, bytes, cuts)];
    }

    public static IEnumerable<string> Read(FrameReader reader, byte[] bytes, params IEnumerable<int> cuts)
    {
        var at = 0;
        foreach (var end in cuts.Order().Append(bytes.Length))
        {
            while (at < end)
            {
                at += Push(reader, bytes.AsSpan(at, end - at));
                foreach (var line in Drain(reader)) yield return line;
                if (reader.Fault.Code != 0) yield break;
            }
        }
    }

    private static int Push(FrameReader reader, ReadOnlySpan<byte> bytes)
    {
        var free = reader.GetMemory().Span;
        var count = Math.Min(free.Length, bytes.Length);
        bytes[..count].CopyTo(free);
        reader.Advance(count);
        return count;
    }

    private static IEnumerable<string> Drain(FrameReader reader)
    {
        while (true)
        {
            var status = reader.TryRead(out var incoming);
            if (status == FrameStatus.Incomplete) yield break;
            if (status == FrameStatus.Invalid)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"Invalid {reader.Fault.Code}");
                yield break;
            }

            yield return Line(incoming);
        }
    }

    private static string Line(InboundFrame incoming) => incoming.Kind switch
    {
        InboundFrameKind.Text => $"Text {Encoding.UTF8.GetString(incoming.Payload.Span)}",
        InboundFrameKind.Close => $"Close {incoming.CloseCode} {incoming.CloseReason}".TrimEnd(),
        InboundFrameKind.TooLarge =>
            $"TooLarge {(incoming.IsText ? "text" : "binary")} {incoming.Size} {Convert.ToHexString(incoming.Payload.Span)}",
        _ => $"{incoming.Kind} {Convert.ToHexString(incoming.Payload.Span)}".TrimEnd(),
    };
}
