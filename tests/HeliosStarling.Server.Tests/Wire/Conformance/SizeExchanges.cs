using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>
/// Large messages, whole, in fragments of many sizes and in writes of many sizes, up to the largest accepted size, and far above it.
/// </summary>
internal static class SizeExchanges
{
    private const int Largest = 1024 * 1024;

    public static IEnumerable<Exchange> All =>
    [
        .. from size in new[] { 64 * 1024, 256 * 1024, Largest } from isText in new[] { true, false } select Whole(size, isText, 0),
        .. from chop in new[] { 64, 1000, 4096, 65536 } select Whole(64 * 1024, isText: true, chop),
        .. from fragment in new[] { 64, 256, 1000, 4096, 65535, 65536 }
            from isText in new[] { true, false }
            select Fragmented(64 * 1024, fragment, isText),
        .. from fragment in new[] { 4096, 100_000, Largest - 1 } select Fragmented(Largest, fragment, isText: false),
        Fragmented(3000, 1, isText: true),
        Exchange.Fault(
            "frame that claims far more than the largest", 1009, [ClientFrame.Binary() with { ClaimedLength = (16 * Largest) + 1 }]),
        Exchange.Fault("message far larger than the largest, all of it sent", 1009, [ClientFrame.Binary(new byte[(16 * Largest) + 1])]),
    ];

    private static Exchange Whole(int size, bool isText, int chop)
    {
        var payload = Payload(size);
        return Exchange.Good(
            $"{size} bytes in writes of {chop}",
            [new ClientFrame((byte)(isText ? 1 : 2), payload)],
            Exchange.Line(isText, payload)) with
        { Chop = chop };
    }

    private static Exchange Fragmented(int size, int fragment, bool isText)
    {
        var payload = Payload(size);
        return Exchange.Good(
            $"{size} bytes in fragments of {fragment}",
            ClientFrame.Fragments((byte)(isText ? 1 : 2), payload, fragment),
            Exchange.Line(isText, payload));
    }

    private static byte[] Payload(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)('a' + (i % 23)))];
}
