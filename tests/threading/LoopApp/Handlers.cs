using HeliosStarling;

namespace LoopApp;

/// <summary>Handlers of every kind, which tell where they started and where they went on after awaiting a socket.</summary>
internal static class Handlers
{
    private static readonly MethodOptions s_nonBlocking = new() { NonBlocking = true };

    /// <summary>Which kind of thread runs.</summary>
    public static string Here => Thread.CurrentThread.IsThreadPoolThread ? "pool" : "io";

    public static void Register(Helios helios, HeldLog held)
    {
        var (upgrade, connection) = ("", "");
        helios.UseUpgrade(async (_, next) =>
        {
            upgrade = await WatchAsync();
            await next();
        });
        helios.OnConnection(async _ => connection = await WatchAsync());
        helios.Method("seen:upgrade", (object? _, RequestContext _) => upgrade);
        helios.Method("seen:connection", (object? _, RequestContext _) => connection);
        helios.Method("seen:quick", (object? _, RequestContext _) => Here, s_nonBlocking);
        helios.Method("seen:slow", (object? _, RequestContext _) => WatchAsync());
        helios.Method("seen:away", (object? _, RequestContext _) => WatchAsync(plain: false));
        helios.Method("seen:held", (object? _, RequestContext _) => Here == "io" && !held.Wait() ? "not named" : Here, s_nonBlocking);
        helios.On("seen:tell", async (int _, TopicContext context) => await context.Starling.NotifyAsync("seen:told", await WatchAsync()));
        helios.OnText(async context => await context.Starling.NotifyAsync("seen:told", await WatchAsync()));
        helios.Method("echo:say", (string text, RequestContext _) => text, s_nonBlocking);
        helios.Method("echo:wait", async (string text, RequestContext _) =>
        {
            await Task.Yield();
            return text;
        });
        helios.Method("all:tell", async (string text, RequestContext _) => await helios.Starlings.BroadcastAsync("all:told", text));
    }

    private static async Task<string> WatchAsync(bool plain = true)
    {
        using var pair = SocketPair.Open();
        var started = Here;
        return $"{started}, then {await pair.ReceiveAsync(plain)}";
    }
}
