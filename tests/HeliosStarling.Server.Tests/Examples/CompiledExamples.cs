using HeliosStarling.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Examples;

/// <summary>Examples in the forms that users write. They must compile unchanged; other tests run them.</summary>
internal static class CompiledExamples
{
    public sealed record ChatMessage(string Message, string Room);

    public interface IStore
    {
        Task SaveAsync(ChatMessage message, CancellationToken cancellationToken);
    }

    public static void HandlerShapes(Helios helios)
    {
        helios.Method("chat:send", async (ChatMessage chat, RequestContext context) =>
        {
            await helios.Starlings.BroadcastAsync($"chat:{chat.Room}", new { chat.Message, Sender = context.Starling.Id });
            return new { Delivered = true };
        });
        helios.Method("chat:send2", async context =>
        {
            var chat = context.Payload.Read<ChatMessage>()!;
            await helios.Starlings.BroadcastAsync($"chat:{chat.Room}", new { chat.Message, Sender = context.Starling.Id });
            context.Success(new { Delivered = true });
        });
        helios.Method("a:void", (ChatMessage chat, RequestContext context) => context.Success(chat));
        helios.Method("a:sync", (ChatMessage chat, RequestContext _) => chat);
        helios.Method("a:task", (ChatMessage chat, RequestContext _) => Task.FromResult(chat));
        helios.Method("a:throws", (ChatMessage _, RequestContext _) => { throw new HeliosException("APP_NO", "no"); });
        helios.Method("a:throwsAsync", async (ChatMessage _, RequestContext _) =>
        {
            await Task.Yield();
            throw new HeliosException("APP_NO", "no");
        });
        helios.Method("a:group", GroupHandler);
        helios.Method("a:stream", Count);
        helios.Method("a:service", async (ChatMessage chat, IStore store, Starling _, CancellationToken cancellationToken) =>
        {
            await store.SaveAsync(chat, cancellationToken);
            return new { Saved = true };
        });
        helios.Method("a:onlyContext", async (RequestContext context) =>
        {
            await Task.Yield();
            context.Success();
        });
        helios.Method("a:nothing", () => 5);
        helios.Method("a:stream2", (ChatMessage chat, RequestContext context) => Count(chat, context));
        helios.Method("a:ret", async context =>
        {
            await Task.Yield();
            return new { Ok = true };
        });
        helios.Method("a:ret2", async (RequestContext _) =>
        {
            await Task.Yield();
            return 5;
        });
        helios.Method("a:throws1", async _ => throw new HeliosException("APP_NO", "no"));
        helios.Method("a:expr", (ChatMessage chat, RequestContext context) => GroupHandler(chat, context));
    }

    public static Task Listen(Helios helios, CancellationToken stop) => helios.ListenAsync(3000, stop);

    public static async Task Connections(Helios server)
    {
        server.Events.On("starling:new", happened => Console.WriteLine($"New connection: {happened.Starling.Id}"));
        server.Events.On("starling:new", async happened => await happened.Starling.NotifyAsync("hello", 1));
        server.Events.On("starling:new", happened => happened.Starling.CloseAsync());
        server.Events.On("starling:disconnected", (StarlingDisconnected happened) => Console.WriteLine(happened.Reason));
        server.Events.On("starling:*", async (StarlingConnected _) => await Task.Yield());
        await server.Starlings.BroadcastAsync(
            "system:update",
            new { Type = "maintenance", Time = DateTimeOffset.UnixEpoch },
            starling => starling.Data.Get<string>("role") == "admin");
    }

    public static void Messages(Helios server)
    {
        server.OnBinary(context => Console.WriteLine(context.Data.Length));
        server.OnJson(async context =>
        {
            Console.WriteLine(context.Data.GetProperty("type"));
            await Task.Yield();
        });
        server.OnText(context => Console.WriteLine(context.Text));
        server.Method("heavy:compute", async context =>
        {
            await context.NotifyAsync("progress", new { Percent = 0 });
            for (var i = 0; i < 100; i++)
            {
                await Task.Yield();
                await context.ProgressAsync(new { Percent = i });
            }
            context.Success(new { Complete = true });
        }, new() { Timeout = TimeSpan.FromSeconds(30) });
        server.On("chat:*", async (ChatMessage message, TopicContext context) => await context.Starling.NotifyAsync("seen", message));
        server.On("chat:**", (ChatMessage message, TopicContext _) => Console.WriteLine(message), new() { Priority = 1 });
    }

    public static void Hooks(Helios helios)
    {
        helios.OnConnection(async starling => await starling.NotifyAsync("hi", 1));
        helios.OnDisconnection(async (_, reason) => Console.WriteLine(reason));
        helios.OnError(async context => Console.WriteLine(context.Code));
        helios.UseUpgrade(async (context, next) =>
        {
            if (!context.Headers.ContainsKey("X-Key")) context.Refuse(401, "AUTH_REQUIRED", "no key");
            else await next();
        });
        helios.Unregister("a:void");
    }

    public static void AspNet(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddHelios(options =>
        {
            options.MaxConnections = 10_000;
            options.ConnectionTimeout = TimeSpan.FromSeconds(5);
            options.StateGenerationConcurrency = 100;
            options.StateTokenTtl = TimeSpan.FromHours(1);
            options.MessageBufferSize = 1000;
            options.MaxMessageSize = 1024 * 1024;
            options.MaxConcurrentRequests = 1000;
            options.RequestTimeout = TimeSpan.FromSeconds(30);
        });
        var app = builder.Build();
        app.MapHelios("/helios").RequireAuthorization();
        app.Run();
    }

    public static async Task Client()
    {
        await using var client = await StarlingClient.ConnectAsync(new("ws://localhost:3000"));
        client.On("chat:*", (ChatMessage message) => Console.WriteLine(message));
        client.On("chat:*", async (ChatMessage _) => await Task.Yield());
        client.Method("ui:ask", (string question, ClientRequestContext _) => question.Length);
        client.Method("ui:ask2", async (string question, ClientRequestContext _) =>
        {
            await Task.Yield();
            return new { question };
        });
        var reply = await client.Request<ChatMessage>("chat:send", new { Message = "hi", Room = "x" });
        var heavy = client.Request<bool>("heavy:compute", reply);
        using var progress = heavy.OnProgress((int percent) => Console.WriteLine(percent));
        Console.WriteLine(await heavy);
    }

    public static async Task Testing()
    {
        var server = Helios.Create();
        await using var mockStarling = new MockStarling(server);
        var response = await mockStarling.RequestAsync<ChatMessage>("test:echo", new { Message = "hello" });
        Assert.Equal("hello", response.Data.Message);
    }

    private static Task<int> GroupHandler(ChatMessage chat, RequestContext context) => Task.FromResult(1);

    private static async IAsyncEnumerable<int> Count(ChatMessage chat, RequestContext context)
    {
        await Task.Yield();
        yield return 1;
    }
}
