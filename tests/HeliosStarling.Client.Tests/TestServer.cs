namespace HeliosStarling;

/// <summary>A real server on a loopback port.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly HeliosListener _listener;

    private TestServer(Helios helios, HeliosListener listener) => (Helios, _listener) = (helios, listener);

    public Helios Helios { get; }

    public Uri Url => new UriBuilder(_listener.Addresses[0]) { Scheme = _listener.Addresses[0].Scheme == "https" ? "wss" : "ws" }.Uri;

    /// <summary>The only starling. The client may be connected a moment before the server has created it.</summary>
    public Starling Starling
    {
        get
        {
            SpinWait.SpinUntil(() => Helios.Starlings.TotalCount > 0, TimeSpan.FromSeconds(30));
            return Assert.Single(Helios.Starlings.Filter(_ => true));
        }
    }

    public static async Task<TestServer> StartAsync(
        Action<Helios>? setup = null, Action<HeliosOptions>? configure = null, string url = "http://127.0.0.1:0")
    {
        var helios = Helios.Create(configure);
        setup?.Invoke(helios);
        return new TestServer(helios, await helios.StartAsync(url));
    }

    public Task<StarlingClient> ConnectAsync(Action<StarlingClientOptions>? configure = null, Action<StarlingClient>? setup = null) =>
        StarlingClient.ConnectAsync(Url, configure, setup).InTime();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
