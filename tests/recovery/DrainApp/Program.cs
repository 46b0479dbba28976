using System.Text.Json;
using HeliosStarling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// A server that is stopped under traffic. It records received, sent and reported messages, one fact a line. Arguments: port, file.
using var facts = new StreamWriter(args[1]);
var traffic = new List<Task>();
using var services = new ServiceCollection().AddLogging(logging => logging.AddSimpleConsole()).BuildServiceProvider();
var helios = Helios.Create(options =>
{
    options.ConnectionKey = "a key that outlives the process, for tests alone";
    options.ShutdownTimeout = TimeSpan.FromSeconds(20);
}, services);

helios.States.Register("count", starling => ValueTask.FromResult(starling.Data.Get<int>("count")), (starling, count) =>
{
    starling.Data.Set("count", count);
    return default;
});
// No token is requested here: the last token, sent while the server stops, has the count.
helios.Method("count:set", (int count, RequestContext context) => context.Starling.Data.Set("count", count));
helios.Method("count:get", (object? _, RequestContext context) => context.Starling.Data.Get<int>("count"));
helios.Method("take:ask", async (string what, RequestContext _) =>
{
    Record("took", what);
    await Task.Delay(50);
    return what;
});
helios.On("take:tell", (string what, TopicContext _) => Record("took", what));
helios.Events.On("starling:connected", happened =>
{
    lock (traffic) traffic.Add(Task.Run(() => SendTrafficAsync(happened.Starling)));
});
helios.Events.On("starling:unconfirmed", (StarlingUnconfirmed happened) =>
{
    foreach (var message in happened.Messages.Select(message => JsonElement.Parse(message.Data.Span)))
    {
        if (message.TryGetProperty("notification", out var notification))
            Record("unconfirmed", notification.GetProperty("data").GetString()!);
    }
});

await helios.ListenAsync($"http://127.0.0.1:{args[0]}");
await Task.WhenAll(traffic);
Record("ended", "");

async Task SendTrafficAsync(Starling starling)
{
    for (var i = 0; ; i++)
    {
        await Task.Delay(Random.Shared.Next(1000, 3000));
        var what = $"{starling.Id}/{i}";
        if (await starling.NotifyAsync("server:tell", what) == SendResult.Closed) return;
        Record("sent", what);
        if (i % 2 == 0) _ = AskAsync(starling, what);
    }
}

async Task AskAsync(Starling starling, string what)
{
    try
    {
        Record("asked", what);
        await starling.Request<string>("server:ask", what);
        Record("answered", what);
    }
    catch (HeliosException failure)
    {
        Record(failure.Code, what);
    }
}

void Record(string fact, string what)
{
    lock (facts) facts.WriteLine($"{fact} {what}");
}
