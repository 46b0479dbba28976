using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Wire;

/// <summary>A server behind the lean listener.</summary>
internal sealed class LeanServer : WireServer
{
    private readonly HeliosListener _listener;

    private LeanServer(ServerSetup setup, WireAddress address, Helios helios, HeliosListener listener)
        : base(setup, address)
    {
        (Helios, _listener) = (helios, listener);
        EndPoint = address.EndPointAt(_listener.Addresses[0].Port);
    }

    public override Helios Helios { get; }

    protected override EndPoint EndPoint { get; }

    public static async Task<WireServer> StartAsync(ServerSetup setup, WireAddress address)
    {
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(setup.Log))
            .BuildServiceProvider();
        var helios = setup.Metrics.Attach(() => Helios.Create(setup.Configure, services));
        setup.Register(helios);
        return new LeanServer(setup, address, helios, await helios.StartAsync(address.Url).InTime());
    }

    protected override Task StopAsync() => _listener.StopAsync();
}
