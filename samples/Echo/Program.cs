using System.Text.Json;
using HeliosStarling;

// The smallest useful server, for people who write a client in another language: each method shows one thing that a client must master.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHelios();
var app = builder.Build();
app.MapHelios("/helios");

var helios = app.Services.GetRequiredService<Helios>();

helios.Method("echo:echo", (RequestContext context) =>
{
    if (context.Payload.IsAbsent) context.Success();
    else context.Success(context.Payload.Element);
});

helios.Method("echo:slow", async (Slow payload, RequestContext context) =>
{
    await Task.Delay(payload.Ms, context.CancellationToken);
    return payload;
});

helios.Method("echo:progress", async (Steps payload, RequestContext context) =>
{
    for (var step = 1; step <= payload.Count; step++) await context.ProgressAsync(new { step });
    return payload;
});

helios.Method("echo:fail", (Failure payload, RequestContext context) => context.Error(payload.Code, payload.Message, payload.Details));

helios.Method("echo:call", async (Call payload, RequestContext context) =>
{
    try
    {
        return await context.Starling.Request<JsonElement>(payload.Method, payload.Payload, cancellationToken: context.CancellationToken);
    }
    catch (HeliosException failure)
    {
        // On purpose: the failure of another request is not the caller's own, who gets METHOD_ERROR when a handler lets it through.
        throw new HeliosException(failure.Code, failure.Message, failure.Details);
    }
});

helios.Method("echo:broadcast", async (Broadcast payload, RequestContext context) =>
    new { Delivered = (await helios.Starlings.BroadcastAsync(payload.Topic, payload.Data)).LocalReceivers });

helios.Method(
    "echo:join", async (Membership payload, RequestContext context) => new { Joined = await context.Starling.JoinAsync(payload.Group) });

helios.Method("echo:group", async (GroupBroadcast payload, RequestContext context) =>
    new { Delivered = (await helios.Starlings.Group(payload.Group).BroadcastAsync(payload.Topic, payload.Data)).LocalReceivers });

helios.OnText(async context => await context.Starling.SendTextAsync(context.Text));
helios.OnJson(async context => await context.Starling.SendTextAsync(context.Utf8));
helios.OnBinary(async context => await context.Starling.SendBinaryAsync(context.Data));

app.Run(app.Configuration["urls"] is null ? "http://localhost:5090" : null);
