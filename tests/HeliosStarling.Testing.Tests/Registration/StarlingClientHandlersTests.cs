using System.Text.Json;

namespace HeliosStarling.Testing.Registration;

public class StarlingClientHandlersTests : ClientHandlersContract
{
    private HeliosListener _listener = null!;
    private StarlingClient _client = null!;

    private protected override HandlerHost<ClientRequestContext, ClientTopicContext, NoFreeHandler> Host => _client;

    private protected override IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException> Listener => _client;

    private protected override Starling Starling => Server.Starlings.GetById(_client.StarlingId!)!;

    public override async ValueTask InitializeAsync()
    {
        _listener = await Server.StartAsync("http://127.0.0.1:0");
        _client = await StarlingClient.ConnectAsync(_listener.Addresses[0]);
    }

    public override async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _listener.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
