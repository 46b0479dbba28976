using HeliosStarling;
using LoopApp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// A server in event-loop mode, which takes a process of its own. Argument: how it is started. It says where its handlers run.
using var held = new HeldLog();
try
{
    switch (args[0])
    {
        case "listen":
            await ListenAsync();
            break;
        case "late":
            // A socket of the runtime that was used before.
            using (var waiting = SocketPair.Open()) await waiting.ReceiveAsync(plain: false);
            await ListenAsync();
            break;
        case "map":
            await MapAsync();
            break;
        default:
            throw new ArgumentException(args[0]);
    }
    return 0;
}
catch (InvalidOperationException refusal)
{
    Console.WriteLine($"refused: {refusal.Message}");
    return 3;
}

async Task ListenAsync()
{
    using var services = new ServiceCollection().AddLogging(Log).BuildServiceProvider();
    var helios = Helios.Create(options => options.Threading = HeliosThreading.EventLoop, services);
    Handlers.Register(helios, held);
    await helios.ListenAsync("http://127.0.0.1:0");
    Console.WriteLine($"stopped: {Handlers.Here}");
}

async Task MapAsync()
{
    var builder = WebApplication.CreateSlimBuilder();
    Log(builder.Logging);
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
    builder.Services.AddHelios(options => options.Threading = HeliosThreading.EventLoop);
    await using var app = builder.Build();
    Handlers.Register(app.Services.GetRequiredService<Helios>(), held);
    app.MapHelios("/");
    await app.RunAsync();
}

void Log(ILoggingBuilder logging) => logging.AddSimpleConsole(console => console.SingleLine = true).AddProvider(held);
