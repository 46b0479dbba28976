namespace HeliosStarling.Load;

/// <summary>The protocol of a peer. All peers get the same payload: a text and a room, about 100 bytes of JSON.</summary>
internal abstract class Dialect
{
    /// <summary>The payload, the same for all peers.</summary>
    protected const string Payload =
        """{"message":"Hello to all of you, who listen in this room and to whom this is said over and over","room":"lobby"}""";

    /// <summary>The path and query.</summary>
    public abstract string Path { get; }

    /// <summary>The message after the upgrade, and the beginning of its reply.</summary>
    public virtual IReadOnlyList<(byte[]? Send, string Until)> Greeting => [];

    /// <summary>The frame of a request that sends the payload back.</summary>
    /// <param name="slot">The number of the request among those in flight on one connection.</param>
    public abstract byte[] Echo(int slot);

    /// <summary>The frame of a request that broadcasts the payload.</summary>
    public virtual byte[] Broadcast(int slot) => throw new NotSupportedException("This peer does not broadcast.");

    /// <summary>The number of answers and broadcasts in a text.</summary>
    /// <exception cref="InvalidDataException">The text is a failure.</exception>
    public abstract (int Answers, int Deliveries) Classify(ReadOnlySpan<byte> text);

    /// <summary>The reply to a text that is neither, for example a ping message.</summary>
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
