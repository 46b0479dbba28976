using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;

namespace HeliosStarling.Stress;

/// <summary>
/// Handlers of an application that trusts its clients: it keeps contexts, waits for answers of clients, saves what clients send, and
/// believes the user name that a client claims.
/// </summary>
internal static class CarelessApplication
{
    // The most pool threads that progress handlers block at once. An application that blocks all of them can do nothing else.
    private const int MostBlocked = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_greeting = TimeSpan.FromMilliseconds(20);

    public static void Register(Helios helios, HandlerRelease release, LateReads reads)
    {
        KeepContexts(helios, reads);
        AskClients(helios, release);
        SaveStates(helios);
        Greet(helios);
        helios.Method("stress:validate", (Dictionary<string, CheckedItem[]> payload, RequestContext _) => payload.Count);
    }

    private static void KeepContexts(Helios helios, LateReads reads)
    {
        helios.Method("stress:readLate", (RequestContext context) =>
        {
            reads.ReadLater(context);
            return default(ValueTask);
        });
        helios.On("stress:readLate", (JsonElement data, TopicContext context) => reads.ReadLater(data, context));
        helios.OnText(context => reads.ReadLater(context.Text));
    }

    private static void AskClients(Helios helios, HandlerRelease release)
    {
        var blocked = new SemaphoreSlim(MostBlocked);
        helios.Method("stress:ask", async (string way, RequestContext context) =>
        {
            var request = context.Starling.Request<JsonElement>(
                "hostile:answer", way, new RequestOptions { Timeout = s_patience }, context.CancellationToken);
            switch (way)
            {
                case "stream":
                    await foreach (var _ in request.Stream<JsonElement>()) await Task.Delay(1);
                    break;
                case "blocked":
                    request.OnProgress<JsonElement>(_ => Block(blocked, release));
                    break;
                case "waiting":
                    request.OnProgress<JsonElement>(static _ => { });
                    break;
            }
            return await request;
        });
    }

    private static void Block(SemaphoreSlim blocked, HandlerRelease release)
    {
        if (!blocked.Wait(0)) return;
        release.Block(TimeSpan.FromMilliseconds(20));
        blocked.Release();
    }

    private static void SaveStates(Helios helios)
    {
        helios.Method("stress:save", (string state, RequestContext context) => context.Starling.Data.Set("state", state));
        helios.States.Register(
            "stress:state",
            starling => ValueTask.FromResult(starling.Data.Get<string>("state") ?? ""),
            (starling, state) =>
            {
                starling.Data.Set("state", state);
                return default;
            });
    }

    private static void Greet(Helios helios)
    {
        helios.UseUpgrade((context, next) =>
        {
            if (context.Query.Split('&').FirstOrDefault(static part => part.StartsWith("user=", StringComparison.Ordinal)) is { } user)
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user[5..])], "stress"));
            return next();
        });
        helios.UseConnection(async (starling, next) =>
        {
            if (starling.User.FindFirst(ClaimTypes.NameIdentifier) is { } user && user.Value.StartsWith("slow", StringComparison.Ordinal))
                await Task.Delay(s_greeting);
            await next();
        });
    }

    private sealed record CheckedItem([property: Range(1, 10)] int N);
}
