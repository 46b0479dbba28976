using System.Text;
using System.Text.Json;

namespace HeliosStarling.Testing.Registration;

/// <summary>The handlers that an application can register on a client.</summary>
public abstract class ClientHandlersContract : HandlerHostContract<
    ClientRequestContext, ClientTopicContext, NoFreeHandler, string, JsonElement, ReadOnlyMemory<byte>, HeliosException>
{
    private protected abstract Starling Starling { get; }

    private protected override StarlingRequest<T> Request<T>(string method, object payload) => Starling.Request<T>(method, payload);

    private protected override async ValueTask NotifyAsync(string topic, object data) => await Starling.NotifyAsync(topic, data);

    private protected override async Task SendAsync(string text, string json, byte[] bytes)
    {
        await Starling.SendTextAsync(text);
        await Starling.SendTextAsync(json);
        await Starling.SendBinaryAsync(bytes);
    }

    private protected override string TopicOf(ClientTopicContext context) => context.Topic;

    private protected override string Show(object? message) => message switch
    {
        string text => text,
        JsonElement json => json.GetRawText(),
        ReadOnlyMemory<byte> bytes => Encoding.UTF8.GetString(bytes.Span),
        _ => "",
    };
}
