using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

/// <summary>A server and a mock client, for tests of handlers.</summary>
public abstract class MockTest : IAsyncLifetime
{
    private MockStarling? _mock;

    private protected MockTest(IServiceProvider? services = null) => Server = Helios.Create(services: services);

    private protected Helios Server { get; }

    private protected MockStarling Mock => _mock!;

    public ValueTask InitializeAsync()
    {
        _mock = new MockStarling(Server);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await Mock.DisposeAsync();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
