using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>
/// Text and binary messages in one frame, with lengths at the limits of the header's three forms, in one write and in many.
/// </summary>
internal static class MessageExchanges
{
    private static readonly int[] s_sizes = [0, 1, 125, 126, 127, 128, 65535, 65536];

    public static IEnumerable<Exchange> All =>
        from size in s_sizes
        from isText in new[] { true, false }
        from chop in size <= 128 ? [0, 1, 7] : new[] { 0, 997 }
        select Of(size, isText) with { Chop = chop };

    private static Exchange Of(int size, bool isText)
    {
        var payload = Enumerable.Repeat((byte)(isText ? '*' : 0xFE), size).ToArray();
        return Exchange.Good(
            $"{(isText ? "text" : "binary")} of {size}",
            [new ClientFrame((byte)(isText ? 1 : 2), payload)],
            Exchange.Line(isText, payload));
    }
}
