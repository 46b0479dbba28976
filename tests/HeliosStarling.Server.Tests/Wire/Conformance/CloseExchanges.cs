using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

internal static class CloseExchanges
{
    private static readonly int[] s_allowed =
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
    private static readonly int[] s_notAllowed = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];

    public static IEnumerable<Exchange> Allowed =>
    [
        .. s_allowed.Select(code => Echoed($"code {code}", code, "")),
        new("no code", [new ClientFrame(8, [])], ["close"]),
        Echoed("reason", 1000, "bye, ü €😀"),
        Echoed("longest reason", 1000, new string('r', 123)),
        Echoed("longest reason byte by byte", 1000, new string('r', 123)) with { Chop = 1 },
        Echoed("text behind the close", 1000, "", ClientFrame.Text("ignored")),
        Echoed("ping behind the close", 1000, "", ClientFrame.Ping(1)),
        Echoed("close behind the close", 1000, "", ClientFrame.Close(1001, "again")),
        Echoed("broken frame behind the close", 1000, "", new ClientFrame(0xF, []) { Mask = null }),
        Exchange.Good(
            "large message ahead of the close",
            [ClientFrame.Binary(new byte[256 * 1024])],
            Exchange.Line(isText: false, new byte[256 * 1024])),
        Exchange.Good("part of a message ahead of the close", [ClientFrame.Text("half") with { Fin = false }]),
    ];

    public static IEnumerable<Exchange> WithMuchBehind =>
        [Echoed("large message behind the close", 1000, "", ClientFrame.Binary(new byte[256 * 1024]), ClientFrame.Ping(1))];

    public static IEnumerable<Exchange> NotAllowed =>
    [
        .. s_notAllowed.Select(code => Exchange.Fault($"code {code}", 1002, [ClientFrame.Close(code)])),
        .. s_notAllowed.Select(code => Exchange.Fault($"code {code} with a reason", 1002, [ClientFrame.Close(code, "why")])),
        Exchange.Fault("payload of one byte", 1002, [new ClientFrame(8, [3])]),
        Exchange.Fault("payload of 126 bytes", 1002, [ClientFrame.Close(1000, new string('r', 124))]),
        Exchange.Fault("reserved bit", 1002, [ClientFrame.Close(1000) with { ReservedBits = 4 }]),
        Exchange.Fault("no mask", 1002, [ClientFrame.Close(1000) with { Mask = null }]),
        Exchange.Fault("reason not UTF-8", 1007, [new ClientFrame(8, [0x03, 0xE8, 0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xED, 0xA0, 0x80])]),
        Exchange.Fault("reason that ends inside a code point", 1007, [new ClientFrame(8, [0x03, 0xE8, 0xE2, 0x82])]),
        Exchange.Fault("ping behind a code that is not allowed", 1002, [ClientFrame.Close(1005), ClientFrame.Ping(1)]),
    ];

    private static Exchange Echoed(string name, int code, string reason, params ClientFrame[] behind) =>
        new(name, [ClientFrame.Close(code, reason), .. behind], [$"close {code} {reason}".TrimEnd()]);
}
