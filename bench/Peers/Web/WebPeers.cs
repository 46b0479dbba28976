namespace HeliosStarling.Peers;

/// <summary>The peers behind ASP.NET Core, in one application.</summary>
internal static class WebPeers
{
    public static async Task StartAsync(Settings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"{settings.Url.Scheme}://{settings.Url.Authority}");
        if (settings.IsSecure)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(
                static kestrel => kestrel.ConfigureHttpsDefaults(static https => https.ServerCertificate = Certificate.Own));
        }
        AddServices(builder.Services, settings);
        var app = builder.Build();
        Map(app, settings);
        await app.StartAsync();
    }

    private static void AddServices(IServiceCollection services, Settings settings)
    {
        if (settings.IsMapped(Settings.SignalR))
            services.AddSignalR()
                .AddJsonProtocol(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, SignalRPayloads.Default));
        if (settings.IsMapped(Settings.Helios))
            services.AddHelios(options => HeliosPeer.Configure(options, settings));
    }

    private static void Map(WebApplication app, Settings settings)
    {
        if (settings.IsMapped(Settings.SignalR)) app.MapHub<BenchHub>("/signalr");
        if (settings.IsMapped(Settings.Frames)) app.MapGet("/frames", FramesEndpoint.RunAsync);
        if (settings.IsMapped(Settings.Raw))
        {
            app.UseWebSockets();
            app.MapGet("/raw", RawEcho.RunAsync);
        }
        if (settings.IsMapped(Settings.Helios))
        {
            app.MapHelios("/helios");
            HeliosPeer.Register(app.Services.GetHelios());
        }
    }
}
