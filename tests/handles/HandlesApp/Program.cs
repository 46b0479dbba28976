using HeliosStarling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// A server that is started with few file handles. Argument: the listener.
if (args[0] == "map") await MapAsync();
else await ListenAsync();

async Task ListenAsync()
{
    await using var services = new ServiceCollection().AddLogging(Log).BuildServiceProvider();
    var helios = Helios.Create(services: services);
    Register(helios);
    await helios.ListenAsync("http://127.0.0.1:0");
}

async Task MapAsync()
{
    var builder = WebApplication.CreateSlimBuilder();
    Log(builder.Logging);
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    builder.Services.AddHelios();
    await using var app = builder.Build();
    Register(app.Services.GetRequiredService<Helios>());
    app.MapHelios("/");
    await app.RunAsync();
}

static void Register(Helios helios) => helios.Method("echo:say", (string text, RequestContext _) => text);

static void Log(ILoggingBuilder logging) =>
    logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Information);
