using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeliosStarling.Stress;

/// <summary>The attacked server. Its methods have the weaknesses that careless applications have.</summary>
internal static class TargetServer
{
    public const string Group = "all";
    public const string BroadcastTopic = "stress:broadcast";

    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);

    /// <param name="configure">Sets the options.</param>
    /// <param name="release">Ends handlers early that block a thread for 10 s, and handlers that never return.</param>
    /// <param name="reads">Reads contexts and payloads after their handlers have ended. Default an instance of its own.</param>
    public static Helios Create(Action<HeliosOptions> configure, HandlerRelease release, LateReads? reads = null)
    {
        var helios = Helios.Create(options =>
        {
            configure(options);
            // Handlers fail all the time; a log of that would only cost time.
            options.LoggerFactory ??= NullLoggerFactory.Instance;
            // The same store as the default. Set here so that tests can read its size.
            options.StateStore ??= new InMemoryStateStore(options.TimeProvider, options.MaxStateStoreBytes);
        });
        AddGoodMethods(helios);
        AddBadMethods(helios, release);
        CarelessApplication.Register(helios, release, reads ?? new LateReads());
        // These messages belong to the application, whose handlers are slow.
        helios.On("stress:note", async (JsonElement _, TopicContext _) => await release.WaitAsync(s_long));
        helios.OnText(async _ => await release.WaitAsync(s_long));
        helios.OnJson(async _ => await release.WaitAsync(s_long));
        helios.OnBinary(async _ => await release.WaitAsync(s_long));
        return helios;
    }

    private static void AddGoodMethods(Helios helios)
    {
        helios.Method("stress:echo", (JsonElement payload, RequestContext _) => payload);
        helios.Method("stress:wait", async (int milliseconds, RequestContext context) =>
        {
            await Task.Delay(milliseconds, context.CancellationToken);
            return milliseconds;
        });
        helios.Method("stress:join", (string group, RequestContext context) => context.Starling.JoinAsync(group));
        helios.Method("stress:leave", (string group, RequestContext context) => context.Starling.LeaveAsync(group));
        helios.Method("stress:set", (string key, RequestContext context) =>
        {
            context.Starling.Data.Set(key, key);
            return true;
        });
        helios.Method("stress:get", (string key, RequestContext context) => context.Starling.Data.Get<string>(key));
        helios.Method("stress:items", (Items asked, RequestContext _) => asked.ToStream());
    }

    private static void AddBadMethods(Helios helios, HandlerRelease release)
    {
        helios.Method("stress:large", (int length, RequestContext _) => new string('x', length));
        helios.Method("stress:block", (RequestContext _) => release.Block(s_long), new MethodOptions { Blocking = true });
        helios.Method("stress:hang", async (RequestContext _) =>
        {
            await release.WaitAsync(Timeout.InfiniteTimeSpan);
            return 0;
        });
        helios.Method("stress:hold", async (JsonElement payload, RequestContext context) =>
        {
            await Task.Delay(s_long, context.CancellationToken);
            return payload.ValueKind == JsonValueKind.Undefined;
        });
        helios.Method(
            "stress:throw",
            (RequestContext context) => context.Starling.Id.Length > 0 ? throw new InvalidOperationException("It always fails.") : 0);
    }
}
