using System.Globalization;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling.Fuzz;

/// <summary>Handlers of every kind, good and bad ones.</summary>
/// <param name="helios">The server.</param>
/// <param name="time">The clock.</param>
internal sealed class FuzzMethods(Helios helios, TimeProvider time)
{
    /// <summary>The group of the verifying clients. No other client sends to it.</summary>
    public const string VerifyingGroup = "verifying";

    public void Register(bool hasFilters)
    {
        RegisterAnswers();
        RegisterFailures();
        RegisterWaits();
        RegisterSends();
        RegisterStates();
        RegisterListeners();
        if (!hasFilters) return;
        helios.Use(async (context, next) =>
        {
            if (context.Method == "filter:deny") throw new HeliosException("APP_DENIED", "no");
            await next();
            await Task.Yield();
        });
        helios.UseNotification(async (_, next) => await next());
        helios.UseConnection(async (starling, next) =>
        {
            await Task.Yield();
            await next();
        });
    }

    private void RegisterAnswers()
    {
        helios.Method("echo:echo", (JsonElement value, RequestContext _) => value);
        helios.Method("text:echo", (string text, RequestContext _) => text);
        helios.Method("client:id", context => ValueTask.FromResult(context.Starling.Id));
        helios.Method("filter:deny", async context => await Task.Yield());
        helios.Method("limited:call", (int? count, RequestContext _) => count).LimitRate(3, TimeSpan.FromSeconds(1));
        helios.Method("numbers:stream", (int count, RequestContext _) => CountTo(Math.Min(count, 50)));
        helios.Method("work:progress", async (int? count, RequestContext context) =>
        {
            for (var i = 0; i < Math.Min(count ?? 1, 5); i++) await context.ProgressAsync(i);
            await Task.Yield();
            await context.WarnAsync("APP_WARNING", "nearly done");
            return context.Metadata;
        });
    }

    private void RegisterFailures()
    {
        helios.Method("fail:helios", async context => throw new HeliosException("APP_NO", "no", JsonElement.Parse("""{"a":1}""")));
        helios.Method("fail:boom", async context => throw new IntendedException());
        helios.Method("fail:late", async context =>
        {
            await Task.Yield();
            throw new IntendedException();
        });
        helios.Method("fail:twice", async context =>
        {
            context.Success(1);
            context.Success(2);
        });
    }

    private void RegisterWaits()
    {
        helios.Method("wait:forever", async context => await Task.Delay(Timeout.Infinite, context.CancellationToken));
        helios.Method("wait:ignoreCancel", async context => await Task.Delay(TimeSpan.FromSeconds(7), time));
        helios.Method(
            "wait:block",
            async context => context.CancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)),
            new MethodOptions { Blocking = true });
        helios.Method("ask:client", async (JsonElement? value, RequestContext context) =>
            await context.Starling.Request<JsonElement>(
                "client:do", value, new RequestOptions { Timeout = TimeSpan.FromSeconds(3), Retry = value is null }));
        helios.Method("ask:stream", async context =>
        {
            var sum = 0;
            var asked = context.Starling.Request<JsonElement>("client:count", cancellationToken: context.CancellationToken);
            asked.OnProgress<JsonElement>(_ => sum++);
            await asked;
            return sum;
        });
        helios.Method("close:me", async (int? code, RequestContext context) =>
            await context.Starling.CloseAsync(code is 3 ? 4999 : CloseCode.ClosedForGood, "as you wish"));
    }

    private void RegisterSends()
    {
        helios.Method("send:binary", async (int? size, RequestContext context) =>
            $"{await context.Starling.SendBinaryAsync(new byte[Math.Clamp(size ?? 0, 0, 2000)])}");
        helios.Method("send:text", async (string text, RequestContext context) => $"{await context.Starling.SendTextAsync("app " + text)}");
        helios.Method(
            "send:json",
            async (string text, RequestContext context) => $"{await context.Starling.SendTextAsync("{\"app\":1}"u8.ToArray())}");
        helios.Method("send:many", (int? count, RequestContext context) =>
        {
            // More than an outbox holds, without waiting for room.
            for (var i = 0; i < Math.Clamp(count ?? 0, 0, 200); i++) _ = context.Starling.NotifyAsync("many:one", i).AsTask();
            return count;
        });
        helios.Method("room:join", (JsonElement? room, RequestContext context) => context.Starling.JoinAsync(Room(room)));
        helios.Method("room:leave", (JsonElement? room, RequestContext context) => context.Starling.LeaveAsync(Room(room)));
        helios.Method("room:say", async (JsonElement? room, RequestContext context) =>
            await CountReceiversAsync(() => helios.Starlings.Group(Room(room)).BroadcastAsync("room:said", room)));
        helios.Method("all:say", async (JsonElement? value, RequestContext context) =>
            await CountReceiversAsync(
                () => helios.Starlings.BroadcastAsync("all:said", value, starling => !starling.Groups.Contains(VerifyingGroup))));
        helios.Method("policy:set", (int? policy, RequestContext context) =>
            (context.Starling.OutboxPolicy = (OutboxPolicy)(Math.Abs((long)(policy ?? 0)) % 3)).ToString());
    }

    private void RegisterStates()
    {
        helios.States.Register<int>(
            "kept", async starling => starling.Data.Get<int>("kept"), async (starling, kept) => starling.Data.Set("kept", kept));
        helios.Method("data:set", (JsonElement? value, RequestContext context) => context.Starling.Data.Set(
            "kept", value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var kept) ? kept : 0));
        helios.Method("state:token", async context => await context.Starling.States.GenerateTokenAsync());
        helios.Method("state:notify", async context => $"{await context.Starling.States.NotifyStateAsync()}");
    }

    private void RegisterListeners()
    {
        helios.On<JsonElement?>("room:*", async (_, context) => await context.Starling.JoinAsync("told"));
        helios.On<int>("boom:**", (_, _) => throw new IntendedException());
        helios.On<JsonElement?>("slow:one", async (_, _) => await Task.Delay(TimeSpan.FromSeconds(2), time));
        helios.OnText(async context =>
        {
            if (context.Text == "boom") throw new IntendedException();
            if (context.Text == "echo") await context.Starling.SendTextAsync("app echo");
        });
        helios.OnJson(context =>
        {
            if (context.Data.ValueKind == JsonValueKind.String) throw new IntendedException();
        });
        helios.OnBinary(async context => await context.Starling.SendBinaryAsync(context.Data));
        helios.OnError(context => _ = context.Details);
        helios.OnConnection(async starling => await Task.Yield());
        helios.OnRecovery(async starling => await starling.NotifyAsync("app:back", starling.Data.Get<int>("kept")));
        helios.OnDisconnection((starling, reason) => _ = starling.NotifyAsync("app:gone", reason).AsTask());
    }

    /// <summary>
    /// A notification's data is one level deeper than a request's payload, so a payload may be too deep to broadcast.
    /// </summary>
    private static async ValueTask<int> CountReceiversAsync(Func<ValueTask<BroadcastResult>> broadcast)
    {
        try
        {
            return (await broadcast()).LocalReceivers;
        }
        catch (JsonException)
        {
            throw new HeliosException("APP_TOO_DEEP", "This cannot be passed on.");
        }
    }

    private static string Room(JsonElement? room) => room is { ValueKind: JsonValueKind.Number } number
        ? "room" + (number.GetRawText().Length % 6).ToString(CultureInfo.InvariantCulture) + number.GetRawText()[0]
        : "room";

    private static async IAsyncEnumerable<int> CountTo(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 8 == 7) await Task.Yield();
            yield return i;
        }
    }
}
