using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client's conversation: hands what is no protocol message to the application.</summary>
internal sealed class ClientSession(StarlingClient client, Engine engine) : Session(engine)
{
    public StarlingClient Client => client;

    protected override bool KeepsWhileAway => false;

    protected override void OnGivenUp()
    {
    }

    protected override void OnUnconfirmed(IReadOnlyList<Frame> frames)
    {
    }

    protected override void OnText(ReadOnlyMemory<byte> utf8)
    {
        if (client.TextHandlers.IsEmpty) Engine.Metrics.Ignored("text");
        else Observe(client.TextHandlers.InvokeAsync(Encoding.UTF8.GetString(utf8.Span)), "text");
    }

    protected override void OnJson(ReadOnlyMemory<byte> utf8)
    {
        if (client.JsonHandlers.IsEmpty) Engine.Metrics.Ignored("json");
        else Observe(client.JsonHandlers.InvokeAsync(Payloads.ReadElement(utf8)), "json");
    }

    protected override void OnBinary(ReadOnlyMemory<byte> data)
    {
        if (client.BinaryHandlers.IsEmpty) Engine.Metrics.Ignored("binary");
        else Observe(client.BinaryHandlers.InvokeAsync(data.ToArray()), "binary");
    }

    protected override void OnError(in Message message)
    {
        if (client.ErrorHandlers.IsEmpty) Engine.Metrics.Ignored("error");
        else Observe(client.ErrorHandlers.InvokeAsync(new HeliosException(message.ErrorCode!, message.ErrorMessage!, message.Data.IsEmpty ? null : Payloads.ReadElement(message.Data))), "error");
    }
}
