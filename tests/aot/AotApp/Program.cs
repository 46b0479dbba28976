using AotApp;
using HeliosStarling;

// The typed overloads with a source-generated JSON context, with either listener; `gap` registers a type that the context does not
// describe.
const string address = "http://127.0.0.1:0";
var way = args is [var first, ..] ? first : "listen";

if (way == "map")
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Services.AddHelios(Describe);
    var app = builder.Build();
    app.MapHelios("/helios");
    Register(app.Services.GetRequiredService<Helios>());
    app.Run(address);
    return;
}

await using var helios = Helios.Create(Describe);
Register(helios);
if (way == "gap") helios.Method("sum:gap", (Undescribed payload, RequestContext context) => new Total(payload.Value, 1));
var listener = await helios.StartAsync(address);
Console.WriteLine($"Listening on {listener.Addresses[0]}");
await Task.Delay(Timeout.Infinite);

static void Describe(HeliosOptions options) => options.Json.TypeInfoResolverChain.Insert(0, SumJson.Default);

static void Register(Helios helios)
{
    helios.Method("sum:add", (Numbers payload, RequestContext context) => new Total(payload.Values.Sum(), payload.Values.Length));
    helios.Method("sum:scale", (Scale payload, RequestContext context) => new Total(payload.Factor, 1))
        .Validate<Scale>(scale => scale.Unit == "m" ? [] : [new("$.unit", "Metres only.")]);
    // Chosen by their type arguments.
    helios.Method<Numbers, Total>("sum:alone", payload => new Total(payload.Values.Sum(), payload.Values.Length))
        .LimitRate(1000, TimeSpan.FromSeconds(1));
    helios.Method<Total>("sum:none", () => new Total(0, 0));
    helios.On<Numbers>("sum:tell", numbers => Console.Error.WriteLine(numbers.Values.Length));
}
