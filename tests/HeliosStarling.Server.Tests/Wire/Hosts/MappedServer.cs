using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Wire;

/// <summary>A server mapped into an ASP.NET Core application on Kestrel.</summary>
internal sealed class MappedServer : WireServer
{
    private readonly WebApplication _app;

    private MappedServer(ServerSetup setup, WireAddress address, WebApplication app, Helios helios)
        : base(setup, address)
    {
        (_app, Helios) = (app, helios);
        EndPoint = address.EndPointAt(address.IsUnix ? 0 : new Uri(app.Urls.Single()).Port);
    }

    public override Helios Helios { get; }

    protected override EndPoint EndPoint { get; }

    /// <param name="setup">The setup of the server.</param>
    /// <param name="address">The address to listen on.</param>
    /// <param name="listen">Further settings of the web server. Default none.</param>
    /// <param name="build">Adds services, after Helios. Default none.</param>
    /// <param name="map">Maps the endpoints. Default Helios at <c>/helios</c>.</param>
    public static async Task<WireServer> StartAsync(
        ServerSetup setup, WireAddress address, Action<ListenOptions>? listen = null, Action<IServiceCollection>? build = null,
        Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(setup.Log);
        builder.Services.AddRouting().AddHelios(setup.Configure);
        build?.Invoke(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            if (address.IsUnix) kestrel.ListenUnixSocket(address.SocketPath, Apply);
            else kestrel.Listen(address.Ip, 0, Apply);
        });
        var app = builder.Build();
        var helios = setup.Metrics.Attach(() => app.Services.GetHelios());
        setup.Register(helios);
        if (map is null) app.MapHelios("/helios");
        else map(app);
        await app.StartAsync().InTime();
        return new MappedServer(setup, address, app, helios);

        void Apply(ListenOptions options)
        {
            if (address.IsSecure) options.UseHttps(TestCertificate.Instance);
            listen?.Invoke(options);
        }
    }

    protected override async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
