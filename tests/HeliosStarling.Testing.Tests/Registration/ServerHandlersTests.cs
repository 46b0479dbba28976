using System.Text;

namespace HeliosStarling.Testing.Registration;

public class ServerHandlersTests
    : HandlerHostContract<RequestContext, TopicContext, Delegate, TextContext, JsonContext, BinaryContext, ErrorContext>
{
    private MockStarling _mock = null!;

    private protected override HandlerHost<RequestContext, TopicContext, Delegate> Host => Server;

    private protected override IMessageListener<TextContext, JsonContext, BinaryContext, ErrorContext> Listener => Server;

    public override ValueTask InitializeAsync()
    {
        _mock = new MockStarling(Server);
        return default;
    }

    public override async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected override StarlingRequest<T> Request<T>(string method, object payload) => _mock.Request<T>(method, payload);

    private protected override async ValueTask NotifyAsync(string topic, object data) => await _mock.NotifyAsync(topic, data);

    private protected override async Task SendAsync(string text, string json, byte[] bytes)
    {
        await _mock.SendTextAsync(text);
        await _mock.SendTextAsync(json);
        await _mock.SendBinaryAsync(bytes);
    }

    private protected override string TopicOf(TopicContext context) => context.Topic;

    private protected override string Show(object? message) => message switch
    {
        TextContext context => context.Text,
        JsonContext context => context.Data.GetRawText(),
        BinaryContext context => Encoding.UTF8.GetString(context.Data.Span),
        _ => "",
    };
}
