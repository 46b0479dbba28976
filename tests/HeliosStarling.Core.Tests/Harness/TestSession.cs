using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A session that records what its application gets.</summary>
internal sealed class TestSession(Engine engine) : Session(engine)
{
    public List<string> Texts { get; } = [];

    public List<string> Jsons { get; } = [];

    public List<byte[]> Binaries { get; } = [];

    public List<string> Errors { get; } = [];

    /// <summary>Whether messages are kept while no connection is linked.</summary>
    public bool Keeps { get; init; }

    public bool IsGivenUp { get; private set; }

    public List<string> Unconfirmed { get; } = [];

    protected override bool KeepsWhileAway => Keeps;

    /// <summary>A linked connection whose messages are not counted.</summary>
    public Connection Linked
    {
        set => Assert.True(TryJoin(value, null, 0));
    }

    protected override void OnGivenUp() => IsGivenUp = true;

    protected override void OnUnconfirmed(IReadOnlyList<Frame> frames) =>
        Unconfirmed.AddRange(frames.Select(frame => Encoding.UTF8.GetString(frame.Message.Span)));

    public override void OnText(ReadOnlyMemory<byte> utf8) => Texts.Add(Encoding.UTF8.GetString(utf8.Span));

    public override void OnJson(ReadOnlyMemory<byte> utf8) => Jsons.Add(Encoding.UTF8.GetString(utf8.Span));

    public override void OnBinary(ReadOnlyMemory<byte> data) => Binaries.Add(data.ToArray());

    public override void OnError(in Message message) => Errors.Add(message.ErrorCode!);

    /// <summary>Receives a message as from a reader, then overwrites its memory, as the next use of a receive buffer does.</summary>
    public void Receive(ReadOnlySpan<byte> message, FrameKind kind = FrameKind.Text)
    {
        var memory = message.ToArray();
        if (Connection is null) Linked = new StuckConnection();
        var connection = Connection!;
        connection.Cork();
        if (kind == FrameKind.Binary) Engine.Dispatcher.ReceiveBinary(this, connection, memory);
        else Engine.Dispatcher.ReceiveText(this, connection, memory);
        Ledger.EndBatch(connection);
        connection.Uncork();
        memory.AsSpan().Fill((byte)'#');
    }

    public void Receive(string text) => Receive(Encoding.UTF8.GetBytes(text));

    /// <summary>Receives a hand-made request.</summary>
    public Guid ReceiveRequest(string method, object? payload = null, Guid? id = null, object? metadata = null)
    {
        var requestId = id ?? Guid.NewGuid();
        Receive(JsonSerializer.Serialize(new
        {
            protocol = "helios-starling",
            version = "1.0.0",
            timestamp = 1,
            type = "request",
            requestId,
            method,
            payload,
            metadata = metadata ?? new { },
        }));
        return requestId;
    }

    /// <summary>Receives a hand-made notification.</summary>
    public void ReceiveNotification(string topic, object? data, Guid? requestId = null) =>
        Receive(JsonSerializer.Serialize(new
        {
            protocol = "helios-starling",
            version = "1.0.0",
            timestamp = 1,
            type = "notification",
            notification = new { topic, data },
            requestId,
        }));
}
