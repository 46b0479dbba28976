namespace HeliosStarling.Load;

/// <summary>How a peer is spoken to. All say the same: a text and a room, about 100 bytes of JSON.</summary>
internal abstract class Dialect
{
    /// <summary>The payload, the same for all.</summary>
    protected const string Payload =
        """{"message":"Hello to all of you, who listen in this room and to whom this is said over and over","room":"lobby"}""";

    /// <summary>The path, with its query.</summary>
    public abstract string Path { get; }

    /// <summary>What is sent after the upgrade, and how the reply to it begins.</summary>
    public virtual IReadOnlyList<(byte[]? Send, string Until)> Greeting => [];

    /// <summary>A request to send the payload back, as one frame.</summary>
    /// <param name="slot">Which of those that are in flight on one connection.</param>
    public abstract byte[] Echo(int slot);

    /// <summary>A request to broadcast the payload.</summary>
    public virtual byte[] Broadcast(int slot) => throw new NotSupportedException("This peer does not broadcast.");

    /// <summary>How many answers and how many broadcasts a text holds.</summary>
    /// <exception cref="InvalidDataException">It is a failure.</exception>
    public abstract (int Answers, int Deliveries) Classify(ReadOnlySpan<byte> text);

    /// <summary>What is said to a text that is neither, such as a ping of the peer's own.</summary>
    public virtual byte[]? Reply(ReadOnlySpan<byte> text) => null;

    public static Dialect Of(string name) => name switch
    {
        "helios" or "bun-helios" => new HeliosDialect(),
        "signalr" => new SignalRDialect(),
        "raw" or "frames" => new EchoDialect("/" + name),
        "bun-raw" => new EchoDialect("/raw"),
        "bun" => new BunDialect(),
        "socketio" => new SocketIODialect(),
        _ => throw new ArgumentException($"Unknown peer '{name}'. Use helios, signalr, raw, frames, bun, bun-helios, bun-raw or socketio."),
    };

    protected static InvalidDataException Failure(ReadOnlySpan<byte> text) =>
        new("The peer failed: " + System.Text.Encoding.UTF8.GetString(text));
}
