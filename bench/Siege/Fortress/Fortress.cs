using System.Text.Json;

namespace HeliosStarling.Siege;

/// <summary>A server whose methods give an attacker all that an application may give away by mistake.</summary>
internal static class Fortress
{
    public const string Group = "all";
    public const string News = "siege:news";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    /// <param name="configure">Sets the options.</param>
    /// <param name="release">Ends the handlers that block their threads, before their 10 s are over.</param>
    public static Helios Create(Action<HeliosOptions> configure, ManualResetEventSlim release)
    {
        var helios = Helios.Create(configure);
        AddGoodMethods(helios);
        AddBadMethods(helios, release);
        // What comes here is the application's: it takes its time over it.
        helios.On("siege:note", async (JsonElement _, TopicContext _) => await Task.Delay(Long));
        helios.OnText(async _ => await Task.Delay(Long));
        helios.OnJson(async _ => await Task.Delay(Long));
        helios.OnBinary(async _ => await Task.Delay(Long));
        return helios;
    }

    private static void AddGoodMethods(Helios helios)
    {
        helios.Method("siege:echo", (JsonElement payload, RequestContext _) => payload);
        helios.Method("siege:wait", async (int milliseconds, RequestContext context) =>
        {
            await Task.Delay(milliseconds, context.CancellationToken);
            return milliseconds;
        });
        helios.Method("siege:join", (string group, RequestContext context) => context.Starling.Join(group));
        helios.Method("siege:leave", (string group, RequestContext context) => context.Starling.Leave(group));
        helios.Method("siege:keep", (string key, RequestContext context) =>
        {
            context.Starling.Data.Set(key, key);
            return true;
        });
    }

    private static void AddBadMethods(Helios helios, ManualResetEventSlim release)
    {
        helios.Method("siege:much", (int length, RequestContext _) => new string('x', length));
        helios.Method("siege:block", (RequestContext _) => release.Wait(Long), new MethodOptions { Blocking = true });
        helios.Method("siege:hang", async (RequestContext _) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan);
            return 0;
        });
        helios.Method("siege:hold", async (JsonElement payload, RequestContext context) =>
        {
            await Task.Delay(Long, context.CancellationToken);
            return payload.ValueKind == JsonValueKind.Undefined;
        });
        helios.Method("siege:throw", (RequestContext context) => context.Starling.Id.Length > 0 ? throw new InvalidOperationException("It always fails.") : 0);
    }
}
