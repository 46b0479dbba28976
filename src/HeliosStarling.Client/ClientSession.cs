using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client's conversation: hands what is no protocol message to the application.</summary>
internal sealed class ClientSession(StarlingClient client, Engine engine) : Session(engine)
{
    public StarlingClient Client => client;

    protected override bool KeepsWhileAway => true;

    protected override bool WaitsWhileAway => true;

    protected override void OnGivenUp()
    {
        // The server asks on and takes no answers. It gets a new epoch, in which they are not sent again: the application hears of them as unconfirmed.
        ForgetEpoch();
        Connection?.BeginClose(CloseCode.TooSlow, "answers are not taken");
    }

    protected override void OnUnconfirmed(IReadOnlyList<Frame> frames)
    {
        if (client.Events.IsEmpty) return;
        var messages = UnconfirmedMessage.Copy([.. frames.Where(static frame => !TicketRenewer.IsRenewal(frame))]);
        if (messages.Length == 0) return;
        _ = ChargeWhileAsync(messages, () => client.TellAsync(new ClientUnconfirmed(client, messages)));
    }

    protected override long Weigh(in Message message)
    {
        if (message.Type != MessageType.Notification || !message.IdText.IsEmpty || !message.Name.Span.SequenceEqual("connection:missed"u8)) return 1;
        var data = Payloads.ReadElement(message.Data);
        return data.ValueKind == JsonValueKind.Object && data.TryGetProperty("missed", out var missed) && missed.ValueKind == JsonValueKind.Number && missed.TryGetInt64(out var count) && count > 0 ? count : 1;
    }

    protected override void OnText(ReadOnlyMemory<byte> utf8)
    {
        if (client.TextHandlers.IsEmpty)
        {
            Engine.Metrics.Ignored("text");
            return;
        }
        var text = Encoding.UTF8.GetString(utf8.Span);
        Observe(client.TextHandlers.InvokeAsync(text), "text", sizeof(char) * text.Length);
    }

    protected override void OnJson(ReadOnlyMemory<byte> utf8)
    {
        if (client.JsonHandlers.IsEmpty) Engine.Metrics.Ignored("json");
        else Observe(client.JsonHandlers.InvokeAsync(Payloads.ReadElement(utf8)), "json", Payloads.SizeOfElement(utf8.Span));
    }

    protected override void OnBinary(ReadOnlyMemory<byte> data)
    {
        if (client.BinaryHandlers.IsEmpty) Engine.Metrics.Ignored("binary");
        else Observe(client.BinaryHandlers.InvokeAsync(data.ToArray()), "binary", data.Length);
    }

    protected override void OnError(in Message message)
    {
        if (client.ErrorHandlers.IsEmpty) Engine.Metrics.Ignored("error");
        else Observe(client.ErrorHandlers.InvokeAsync(new HeliosException(message.ErrorCode!, message.ErrorMessage!, message.Data.IsEmpty ? null : Payloads.ReadElement(message.Data))), "error", SizeKept(in message) - message.Data.Length + Payloads.SizeOfElement(message.Data.Span));
    }
}
