using System.Net.Security;

namespace HeliosStarling.Peers;

/// <summary>Helios, with limits so high that the load never reaches them.</summary>
internal static class HeliosPeer
{
    private const string Topic = "bench";
    private const string Mark = "marked";
    private const int Many = 1_000_000;

    /// <summary>Serves with the lean listener.</summary>
    public static Task StartLeanAsync(Settings settings)
    {
        var helios = HeliosStarling.Helios.Create(options => Configure(options, settings));
        Register(helios);
        return helios.StartAsync(settings.AddressOf(Settings.Helios));
    }

    public static void Configure(HeliosOptions options, Settings settings)
    {
        options.Json.TypeInfoResolverChain.Insert(0, HeliosPayloads.Default);
        options.MaxConnections = Many;
        (options.MaxConcurrentRequests, options.MaxQueuedRequests, options.MaxRequestsPerStarling) = (Many, Many, Many);
        (options.MessageBufferSize, options.MessageBufferBytes) = (Many, 256L * 1024 * 1024);
        (options.MaxRequestBytesPerStarling, options.MaxBufferedBytes) = (256L * 1024 * 1024, 16L * 1024 * 1024 * 1024);
        options.DisconnectionTtl = settings.Held;
        if (settings.IsSecure) options.Tls = new SslServerAuthenticationOptions { ServerCertificate = Certificate.Own };
    }

    public static void Register(Helios helios)
    {
        helios.Method("bench:echo", (Payload payload) => payload);
        helios.Method("bench:join", (string group, RequestContext context) => context.Starling.JoinAsync(group));
        helios.Method("bench:mark", (RequestContext context) => SetMark(context.Starling));
        helios.Method("bench:broadcast", async ValueTask<bool> (Payload payload, RequestContext _) =>
        {
            await helios.Starlings.BroadcastAsync(Topic, payload);
            return true;
        });
        helios.Method("bench:group", async ValueTask<bool> (GroupPayload payload, RequestContext _) =>
        {
            await helios.Starlings.Group(payload.Group).BroadcastAsync(
                Topic, new Payload { Message = payload.Message, Room = payload.Room });
            return true;
        });
        helios.Method("bench:filtered", async ValueTask<bool> (Payload payload, RequestContext _) =>
        {
            await helios.Starlings.BroadcastAsync(Topic, payload, IsMarked);
            return true;
        });
    }

    private static ValueTask<bool> SetMark(Starling starling)
    {
        starling.Data.Set(Mark, true);
        return new ValueTask<bool>(true);
    }

    private static bool IsMarked(Starling starling) => starling.Data.TryGet<bool>(Mark, out _);
}
