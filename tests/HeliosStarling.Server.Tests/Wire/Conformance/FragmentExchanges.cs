using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

internal static class FragmentExchanges
{
    private static readonly ClientFrame s_first = ClientFrame.Text("first ") with { Fin = false };
    private static readonly ClientFrame s_middle = Continuation("middle ") with { Fin = false };
    private static readonly ClientFrame s_last = Continuation("last");
    private static readonly string s_joined = Exchange.Line("first last");
    private static readonly string s_all = Exchange.Line("first middle last");

    public static IEnumerable<Exchange> All => Each.SelectMany(exchange => new[] { exchange, exchange with { Chop = 1 } });

    private static IEnumerable<Exchange> Each =>
    [
        Exchange.Fault("ping in fragments", 1002, [ClientFrame.Ping(1) with { Fin = false }, Continuation("2")]),
        Exchange.Fault("pong in fragments", 1002, [ClientFrame.Pong(1) with { Fin = false }, Continuation("2")]),
        Exchange.Fault("close in fragments", 1002, [ClientFrame.Close(1000) with { Fin = false }]),
        Exchange.Good("text in two", [s_first, s_last], s_joined),
        Exchange.Good("text in three", [s_first, s_middle, s_last], s_all),
        Exchange.Good(
            "binary in two",
            [ClientFrame.Binary(1, 0xFF) with { Fin = false }, ClientFrame.Continuation(0)],
            Exchange.Line(isText: false, [1, 0xFF, 0])),
        Exchange.Good("ping between fragments", [s_first, ClientFrame.Ping(1), s_last], Exchange.Pong(1), s_joined),
        Exchange.Good("pong between fragments", [s_first, ClientFrame.Pong(1), s_last], s_joined),
        Exchange.Good(
            "pings between all fragments",
            [s_first, ClientFrame.Ping(1), s_middle, ClientFrame.Ping(2), s_last],
            Exchange.Pong(1),
            Exchange.Pong(2),
            s_all),
        Exchange.Good(
            "empty fragments",
            [ClientFrame.Text("") with { Fin = false }, Continuation("") with { Fin = false }, Continuation("")],
            Exchange.Line("")),
        Exchange.Good(
            "empty first and last fragment",
            [ClientFrame.Text("") with { Fin = false }, Continuation("x") with { Fin = false }, Continuation("")],
            Exchange.Line("x")),
        Exchange.Good("two messages in fragments", [s_first, s_last, s_first, s_middle, s_last], s_joined, s_all),
        Exchange.Fault("continuation of nothing", 1002, [s_last, ClientFrame.Text("too late")]),
        Exchange.Fault("continuation of nothing that goes on", 1002, [s_middle, ClientFrame.Text("too late")]),
        Exchange.Fault("continuation behind a whole message", 1002, [ClientFrame.Pong(), s_last]),
        Exchange.Fault("empty continuation of nothing", 1002, [Continuation("")]),
        Exchange.Fault("text inside a text", 1002, [s_first, ClientFrame.Text("second")]),
        Exchange.Fault("first fragment inside a text", 1002, [s_first, s_first, s_last]),
        Exchange.Fault("binary inside a text", 1002, [s_first, ClientFrame.Binary(1)]),
        Exchange.Fault("text inside a binary", 1002, [ClientFrame.Binary(1) with { Fin = false }, ClientFrame.Text("second")]),
        Exchange.Fault("reserved opcode inside a text", 1002, [s_first, new ClientFrame(3, [])]),
        Exchange.Good("close inside a text", [s_first]),
    ];

    private static ClientFrame Continuation(string text) => ClientFrame.Continuation(System.Text.Encoding.UTF8.GetBytes(text));
}
