using System.Text.Json;

namespace HeliosStarling.Testing.Registration;

public class MockHandlersTests : ClientHandlersContract
{
    private MockStarling _mock = null!;

    private protected override HandlerHost<ClientRequestContext, ClientTopicContext, NoFreeHandler> Host => _mock;

    private protected override IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException> Listener => _mock;

    private protected override Starling Starling => _mock.Starling;

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
}
