using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The session of a starling. It passes messages outside the protocol to the application.</summary>
internal sealed class StarlingSession(Node node, Starling starling) : Session(node.Engine), ILeavingSession
{
    public Starling Starling => starling;

    public override string? PeerId => starling.Id;

    protected override bool KeepsWhileAway => starling.MayReturn;

    public override bool TryAdmit(out RateExcess excess)
    {
        excess = default;
        return starling.Peer.Meter is not { } meter || meter.TryTake(out excess);
    }

    public override void OnExcess() => starling.Peer.OnRateExceeded();

    protected override void OnGivenUp() => starling.Life.GiveUp(new CloseInfo(CloseCode.TooSlow, "outbox overflow"));

    /// <inheritdoc/>
    public bool TryTakeGoodbye(Connection from) => Ledger.Epoch is not null && Ledger.TryEnd(from);

    /// <inheritdoc/>
    public void Leave(WebSocketConnection connection) => _ = starling.Life.LeaveAsync(connection);

    protected override Frame Renew(Frame token)
    {
        if (starling.Tokens.Newest is not { } newest) return token;
        token.Release();
        return Engine.Encoder.Token(TokenBody.Of(newest.At(Engine.Time.GetUtcNow())));
    }

    protected override void OnUnconfirmed(IReadOnlyList<Frame> frames)
    {
        if (node.Events.IsEmpty) return;
        var messages = UnconfirmedMessage.Copy(frames);
        _ = ChargeWhileAsync(
            messages, () => starling.AnnounceAsync(() => node.Events.EmitAsync(new StarlingUnconfirmed(starling, messages)).AsTask()));
    }

    public override void OnText(ReadOnlyMemory<byte> utf8)
    {
        if (node.Messages.Text.IsEmpty)
        {
            Engine.Metrics.Ignored("text");
            return;
        }
        var text = Encoding.UTF8.GetString(utf8.Span);
        this.RunDetached(
            node.Messages.Text.InvokeAsync(new TextContext(starling, text)),
            "OnText",
            utf8.Length,
            overhead: (sizeof(char) * (long)text.Length) - utf8.Length);
    }

    public override void OnJson(ReadOnlyMemory<byte> utf8)
    {
        if (node.Messages.Json.IsEmpty) Engine.Metrics.Ignored("json");
        else this.RunDetached(node.Messages.Json.InvokeAsync(new JsonContext(starling, utf8.ToArray())), "OnJson", utf8.Length);
    }

    public override void OnBinary(ReadOnlyMemory<byte> data)
    {
        if (node.Messages.Binary.IsEmpty) Engine.Metrics.Ignored("binary");
        else this.RunDetached(node.Messages.Binary.InvokeAsync(new BinaryContext(starling, data.ToArray())), "OnBinary", data.Length);
    }

    public override void OnError(in Message message)
    {
        if (node.Messages.Error.IsEmpty) Engine.Metrics.Ignored("error");
        else this.RunDetached(node.Messages.Error.InvokeAsync(new ErrorContext(starling, in message)), "OnError", SizeKept(in message));
    }
}
