using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The session of a client. It passes messages outside the protocol to the application.</summary>
internal sealed class ClientSession : Session
{
    // The largest integer that a JSON number represents exactly. Larger counts are invalid.
    private const long MostMissed = (1L << 53) - 1;

    private readonly StarlingClient _client;
    private readonly WarningLimit _errors;

    public ClientSession(StarlingClient client, Engine engine)
        : base(engine) => (_client, Backlog, _errors) = (client, new RequestBacklog(this, engine.Outbox), new WarningLimit(engine.Time));

    public StarlingClient Client => _client;

    /// <summary>The messages that wait until the server takes them.</summary>
    public RequestBacklog Backlog { get; }

    /// <inheritdoc/>
    public override EnqueueStatus SendRequest(Frame request) => Backlog.Send(request);

    /// <inheritdoc/>
    public override void OnRequestEnded(Guid id) => Backlog.OnEnded(id);

    /// <summary>
    /// Queues a message of the application after its earlier ones. Completes when there is room for the next message.
    /// </summary>
    /// <exception cref="HeliosException">The message is larger than the server takes: <c>REQUEST_PAYLOAD_TOO_LARGE</c>.</exception>
    public ValueTask<SendResult> SendInOrderAsync(Frame frame, CancellationToken cancellationToken) =>
        !Outbox.Size.IsExceededBy(frame) && Backlog.TryHold(frame, out var held)
            ? FinishSendAsync(held, cancellationToken)
            : SendDirectAsync(frame, cancellationToken);

    /// <summary>Links a connection to a server. Without a welcome the server's limits are unknown.</summary>
    public bool TryJoin(Connection connection, ServerWelcome? welcome)
    {
        var limits = welcome?.Limits ?? ServerLimits.None;
        Backlog.Begin(limits, isNew: welcome is null || welcome.Epoch != Ledger.Epoch);
        if (!TryJoin(connection, welcome?.Epoch, welcome?.Received ?? 0, limits.MessageSize)) return false;
        Backlog.Pump();
        return true;
    }

    /// <summary>Called twice a second while it is connected.</summary>
    public void OnTick()
    {
        WatchReader();
        Ledger.AcknowledgeInTime();
    }

    protected override void OnClosed() => Backlog.Close();

    protected override bool KeepsWhileAway => true;

    protected override bool WaitsWhileAway => true;

    protected override void OnGivenUp()
    {
        // The server sends requests but does not take the answers. The client starts a new epoch, in which the answers are not sent again.
        // The application gets them as unconfirmed.
        Ledger.ForgetEpoch();
        Connection?.BeginClose(CloseCode.TooSlow, "answers are not taken");
    }

    protected override void OnUnconfirmed(IReadOnlyList<Frame> frames)
    {
        if (_client.Events.IsEmpty) return;
        var messages = UnconfirmedMessage.Copy([.. frames.Where(static frame => !TicketRenewer.IsRenewal(frame))]);
        if (messages.Length == 0) return;
        _ = ChargeWhileAsync(messages, () => _client.TellAsync(new ClientUnconfirmed(_client, messages)));
    }

    public override long Weigh(in Message message)
    {
        if (message.Type != MessageType.Notification || !message.IdText.IsEmpty || !message.Name.Span.SequenceEqual(WireNames.MissedUtf8))
            return 1;
        var data = PayloadJson.ReadElement(message.Data);
        return data.ValueKind == JsonValueKind.Object
            && data.TryGetProperty("missed", out var missed)
            && missed.ValueKind == JsonValueKind.Number
            && missed.TryGetInt64(out var count)
            && count is > 0 and <= MostMissed ? count : 1;
    }

    public override void OnText(ReadOnlyMemory<byte> utf8)
    {
        if (_client.Messages.Text.IsEmpty)
        {
            Engine.Metrics.Ignored("text");
            return;
        }
        var text = Encoding.UTF8.GetString(utf8.Span);
        this.RunDetached(_client.Messages.Text.InvokeAsync(text), "OnText", sizeof(char) * text.Length);
    }

    public override void OnJson(ReadOnlyMemory<byte> utf8)
    {
        if (_client.Messages.Json.IsEmpty) Engine.Metrics.Ignored("json");
        else this.RunDetached(
            _client.Messages.Json.InvokeAsync(PayloadJson.ReadElement(utf8)), "OnJson", PayloadJson.SizeOfElement(utf8.Span));
    }

    public override void OnBinary(ReadOnlyMemory<byte> data)
    {
        if (_client.Messages.Binary.IsEmpty) Engine.Metrics.Ignored("binary");
        else this.RunDetached(_client.Messages.Binary.InvokeAsync(data.ToArray()), "OnBinary", data.Length);
    }

    public override void OnError(in Message message)
    {
        if (_client.Messages.Error.IsEmpty)
        {
            Engine.Metrics.Ignored("error");
            if (_errors.TryTake(out var unlogged)) Engine.Logger.ErrorIgnored(message.ErrorCode!, message.ErrorMessage!, unlogged);
        }
        else
        {
            this.RunDetached(
                _client.Messages.Error.InvokeAsync(new HeliosException(
                    message.ErrorCode!, message.ErrorMessage!, message.Data.IsEmpty ? null : PayloadJson.ReadElement(message.Data))),
                "OnError",
                SizeKept(in message) - message.Data.Length + PayloadJson.SizeOfElement(message.Data.Span));
        }
    }
}
