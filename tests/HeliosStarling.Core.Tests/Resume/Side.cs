using System.Globalization;
using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling.Resume;

/// <summary>One end of a conversation. Its application numbers what it sends and records what it receives.</summary>
internal sealed class Side(Engine engine, Action<long> onMessage, Action<long> onMissed) : Session(engine)
{
    public List<long> Lost { get; } = [];

    public bool IsGivenUp { get; private set; }

    /// <summary>Whether it has stopped counting. Later messages are examined and then discarded.</summary>
    public bool HasStopped { get; set; }

    protected override bool KeepsWhileAway => true;

    /// <summary>The number of dropped messages.</summary>
    public int Dropped { get; private set; }

    public EnqueueStatus SendNumber(long number)
    {
        var sent = Outbox.Enqueue(Engine.Encoder.Text(number.ToString(CultureInfo.InvariantCulture)));
        Dropped += sent.Dropped;
        Connection?.Wake();
        return sent.Result;
    }

    /// <summary>The number in a message; null when the message is not the application's.</summary>
    public static long? Read(ReadOnlySpan<byte> message) =>
        long.TryParse(message, CultureInfo.InvariantCulture, out var number) ? number : null;

    public void Receive(Connection from, byte[] data)
    {
        Engine.Dispatcher.ReceiveText(this, from, data);
        Ledger.EndBatch(from);
    }

    protected override void OnGivenUp() => IsGivenUp = true;

    protected override void OnUnconfirmed(IReadOnlyList<Frame> frames) =>
        Lost.AddRange(frames.Select(frame => Read(frame.Message.Span)!.Value));

    // A number is valid JSON.
    public override void OnJson(ReadOnlyMemory<byte> utf8) =>
        onMessage(long.Parse(Encoding.UTF8.GetString(utf8.Span), CultureInfo.InvariantCulture));

    public override void OnText(ReadOnlyMemory<byte> utf8) => Assert.Fail($"unexpected text {Encoding.UTF8.GetString(utf8.Span)}");

    public override void OnBinary(ReadOnlyMemory<byte> data) => Assert.Fail("unexpected binary message");

    public override void OnError(in Message message) => Assert.Fail($"error message {message.ErrorMessage}");

    public override long Weigh(in Message message)
    {
        if (message.Type != MessageType.Notification) return 1;
        var missed = PayloadJson.ReadElement(message.Data).GetProperty("missed").GetInt64();
        if (!HasStopped) onMissed(missed);
        return missed;
    }
}
