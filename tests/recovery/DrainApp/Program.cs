using System.Text.Json;
using HeliosStarling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// A server that is told to end under traffic: it writes down what it took, sent and was told, one fact a line. Arguments: port, file.
using var facts = new StreamWriter(args[1]);
var talks = new List<Task>();
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
// Nobody asks for a token here: it is the last one that has the count.
helios.Method("count:set", (int count, RequestContext context) => context.Starling.Data.Set("count", count));
helios.Method("count:get", (object? _, RequestContext context) => context.Starling.Data.Get<int>("count"));
helios.Method("take:ask", async (string what, RequestContext _) =>
{
    Note("took", what);
    await Task.Delay(50);
    return what;
});
helios.On("take:tell", (string what, TopicContext _) => Note("took", what));
helios.Events.On("starling:connected", happened =>
{
    lock (talks) talks.Add(Task.Run(() => TalkAsync(happened.Starling)));
});
helios.Events.On("starling:unconfirmed", (StarlingUnconfirmed happened) =>
{
    foreach (var message in happened.Messages.Select(message => JsonElement.Parse(message.Data.Span)))
    {
        if (message.TryGetProperty("notification", out var notification))
            Note("unconfirmed", notification.GetProperty("data").GetString()!);
    }
});

await helios.ListenAsync($"http://127.0.0.1:{args[0]}");
await Task.WhenAll(talks);
Note("ended", "");

async Task TalkAsync(Starling starling)
{
    for (var i = 0; ; i++)
    {
        await Task.Delay(Random.Shared.Next(1000, 3000));
        var what = $"{starling.Id}/{i}";
        if (await starling.NotifyAsync("news:tell", what) == SendResult.Closed) return;
        Note("sent", what);
        if (i % 2 == 0) _ = AskAsync(starling, what);
    }
}

async Task AskAsync(Starling starling, string what)
{
    try
    {
        Note("asked", what);
        await starling.Request<string>("news:ask", what);
        Note("answered", what);
    }
    catch (HeliosException failure)
    {
        Note(failure.Code, what);
    }
}

void Note(string fact, string what)
{
    lock (facts) facts.WriteLine($"{fact} {what}");
}
