using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

internal static class PingExchanges
{
    private static readonly byte[] s_longest = [.. Enumerable.Range(131, 125).Select(i => (byte)i)];
    private static readonly ClientFrame[] s_ten = [.. Enumerable.Range(0, 10).Select(i => ClientFrame.Ping((byte)'#', (byte)('0' + i)))];
    private static readonly string[] s_tenPongs = [.. Enumerable.Range(0, 10).Select(i => Exchange.Pong((byte)'#', (byte)('0' + i)))];

    public static IEnumerable<Exchange> All =>
    [
        Exchange.Good("ping without payload", [ClientFrame.Ping()], Exchange.Pong()),
        Exchange.Good("ping with text", [ClientFrame.Ping("ping?"u8.ToArray())], Exchange.Pong("ping?"u8.ToArray())),
        Exchange.Good(
            "ping with bytes that are no text",
            [ClientFrame.Ping(0, 0xFF, 0xFE, 0xC3, 0, 0x80)],
            Exchange.Pong(0, 0xFF, 0xFE, 0xC3, 0, 0x80)),
        Exchange.Good("longest ping", [ClientFrame.Ping(s_longest)], Exchange.Pong(s_longest)),
        Exchange.Good("longest ping byte by byte", [ClientFrame.Ping(s_longest)], Exchange.Pong(s_longest)) with { Chop = 1 },
        Exchange.Fault("ping of 126 bytes", 1002, [new ClientFrame(9, new byte[126])]),
        Exchange.Fault("pong of 126 bytes", 1002, [new ClientFrame(10, new byte[126])]),
        Exchange.Good("pong without payload that nobody asked for", [ClientFrame.Pong()]),
        Exchange.Good("pong with payload that nobody asked for", [ClientFrame.Pong(1, 2, 3)]),
        Exchange.Good("pong that nobody asked for, then a ping", [ClientFrame.Pong(1, 2, 3), ClientFrame.Ping(4)], Exchange.Pong(4)),
        Exchange.Good("ten pings at once", s_ten, s_tenPongs),
        Exchange.Good("ten pings byte by byte", s_ten, s_tenPongs) with { Chop = 1 },
        Exchange.Good(
            "the longest ping as often as pongs wait",
            Enumerable.Repeat(ClientFrame.Ping(s_longest), ControlFrames.MaxPongs),
            [.. Enumerable.Repeat(Exchange.Pong(s_longest), ControlFrames.MaxPongs)]),
    ];
}
