using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client's conversation: hands what is no protocol message to the application.</summary>
internal sealed class ClientSession : Session
{
    // No server drops more: what a number in JSON holds exactly.
    private const long MostMissed = (1L << 53) - 1;

    private readonly StarlingClient _client;
    private readonly WarningLimit _errors;

    public ClientSession(StarlingClient client, Engine engine)
        : base(engine) => (_client, Backlog, _errors) = (client, new RequestBacklog(this, engine.Outbox), new WarningLimit(engine.Time));

    public StarlingClient Client => _client;

    /// <summary>What waits until the server takes it.</summary>
    public RequestBacklog Backlog { get; }

    /// <inheritdoc/>
    public override EnqueueStatus SendRequest(Frame request) => Backlog.Send(request);

    /// <inheritdoc/>
    public override void OnRequestEnded(Guid id) => Backlog.OnEnded(id);

    /// <summary>
    /// Queues a message of the application behind all that it has sent before, and completes when there is room for the next.
    /// </summary>
    /// <exception cref="HeliosException">The server does not take so large a message: <c>REQUEST_PAYLOAD_TOO_LARGE</c>.</exception>
    public ValueTask<SendResult> SendInOrderAsync(Frame frame, CancellationToken cancellationToken) =>
        !Outbox.Size.IsExceededBy(frame) && Backlog.TryHold(frame, out var held)
            ? FinishSendAsync(held, cancellationToken)
            : SendDirectAsync(frame, cancellationToken);

    /// <summary>Links a connection to a server that has said, or not, what it takes.</summary>
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
        // The server asks on and takes no answers. It gets a new epoch, in which they are not sent again: the application hears of them as
        // unconfirmed.
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
