using HeliosStarling;

// A server that is killed. It records what it took in a file that the next server continues. Arguments: port, file.
var taken = new StreamWriter(args[1], append: true) { AutoFlush = true };
var helios = Helios.Create(options => options.ConnectionKey = "a key that outlives the process, for tests alone");

helios.States.Register("count", starling => ValueTask.FromResult(starling.Data.Get<int>("count")), (starling, count) =>
{
    starling.Data.Set("count", count);
    return default;
});
helios.Method("count:set", async (int count, RequestContext context) =>
{
    context.Starling.Data.Set("count", count);
    await context.Starling.States.NotifyStateAsync();
    return count;
});
helios.Method("count:get", (object? _, RequestContext context) => context.Starling.Data.Get<int>("count"));
helios.Method("never:answer", async context => await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken));
helios.Method("take:ask", (string what, RequestContext _) => Take(what));
helios.On("take:tell", (string what, TopicContext _) => { Take(what); });

await helios.ListenAsync($"http://127.0.0.1:{args[0]}");

string Take(string what)
{
    lock (taken) taken.WriteLine(what);
    return what;
}
