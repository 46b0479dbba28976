using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeliosStarling.Siege;

/// <summary>A server whose methods give an attacker all that an application may give away by mistake.</summary>
internal static class Fortress
{
    public const string Group = "all";
    public const string News = "siege:news";

    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);

    /// <param name="configure">Sets the options.</param>
    /// <param name="release">Ends the handlers that block their threads, before their 10 s are over, and those that never return.</param>
    /// <param name="reads">Reads what handlers were given while they end. Default nobody does.</param>
    public static Helios Create(Action<HeliosOptions> configure, HandlerRelease release, KeptReads? reads = null)
    {
        var helios = Helios.Create(options =>
        {
            configure(options);
            // Its handlers fail all the time, and nobody reads of it.
            options.LoggerFactory ??= NullLoggerFactory.Instance;
            // The one that it would make itself, to look into.
            options.StateStore ??= new InMemoryStateStore(options.TimeProvider, options.MaxStateStoreBytes);
        });
        AddGoodMethods(helios);
        AddBadMethods(helios, release);
        CarelessApplication.Register(helios, release, reads ?? new KeptReads());
        // What comes here is the application's: it takes its time over it.
        helios.On("siege:note", async (JsonElement _, TopicContext _) => await release.WaitAsync(s_long));
        helios.OnText(async _ => await release.WaitAsync(s_long));
        helios.OnJson(async _ => await release.WaitAsync(s_long));
        helios.OnBinary(async _ => await release.WaitAsync(s_long));
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
        helios.Method("siege:join", (string group, RequestContext context) => context.Starling.JoinAsync(group));
        helios.Method("siege:leave", (string group, RequestContext context) => context.Starling.LeaveAsync(group));
        helios.Method("siege:keep", (string key, RequestContext context) =>
        {
            context.Starling.Data.Set(key, key);
            return true;
        });
        helios.Method("siege:kept", (string key, RequestContext context) => context.Starling.Data.Get<string>(key));
        helios.Method("siege:items", (Items asked, RequestContext _) => asked.ToStream());
    }

    private static void AddBadMethods(Helios helios, HandlerRelease release)
    {
        helios.Method("siege:much", (int length, RequestContext _) => new string('x', length));
        helios.Method("siege:block", (RequestContext _) => release.Block(s_long), new MethodOptions { Blocking = true });
        helios.Method("siege:hang", async (RequestContext _) =>
        {
            await release.WaitAsync(Timeout.InfiniteTimeSpan);
            return 0;
        });
        helios.Method("siege:hold", async (JsonElement payload, RequestContext context) =>
        {
            await Task.Delay(s_long, context.CancellationToken);
            return payload.ValueKind == JsonValueKind.Undefined;
        });
        helios.Method(
            "siege:throw",
            (RequestContext context) => context.Starling.Id.Length > 0 ? throw new InvalidOperationException("It always fails.") : 0);
    }
}
