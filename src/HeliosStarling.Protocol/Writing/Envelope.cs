using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>Begins and ends messages. Everything except the bodies is written to one span.</summary>
internal static class Envelope
{
    // The space for everything except names, ids, texts and bodies. The largest message in this respect, a notification with a request id,
    // needs about 190 bytes.
    private const int MaxFixedLength = 224;

    /// <summary>
    /// Writes <c>{"protocol":"helios-starling","version":"1.0.0","timestamp":1</c> to a span that has room for
    /// <paramref name="variableLength"/> more bytes.
    /// </summary>
    public static FrameSpan Begin(IBufferWriter<byte> output, int variableLength, long timestamp)
    {
        ArgumentNullException.ThrowIfNull(output);
        var frame = new FrameSpan(output.GetSpan(MaxFixedLength + variableLength));
        frame.Write("{\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":"u8);
        frame.Write(timestamp);
        return frame;
    }

    /// <summary>Writes the last field, unless its value is absent, and then the end of the message.</summary>
    public static void End<TBody>(
        IBufferWriter<byte> output, ref FrameSpan frame, ReadOnlySpan<byte> field, TBody body, ReadOnlySpan<byte> end)
        where TBody : IJsonBody
    {
        if (body.IsAbsent)
        {
            End(output, ref frame, end);
            return;
        }

        frame.Write(field);
        output.Advance(frame.Written);
        body.WriteTo(output);
        output.Write(end);
    }

    /// <summary>Writes the end of the message.</summary>
    public static void End(IBufferWriter<byte> output, ref FrameSpan frame, ReadOnlySpan<byte> end)
    {
        frame.Write(end);
        output.Advance(frame.Written);
    }
}
