using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace HeliosStarling.Bench;

/// <summary>A client that sends requests.</summary>
internal interface IStormClient : IAsyncDisposable
{
    Task EchoAsync();
}

/// <summary>The compared servers and their clients.</summary>
internal static class Peers
{
    private const int Limit = 100_000;

    public static Task ServeAsync(string peer, int port) => peer == "helios" ? ServeHeliosAsync(port) : ServeSignalRAsync(port);

    public static Task<IStormClient> ConnectAsync(string peer, int port) =>
        peer == "helios" ? HeliosClient.ConnectAsync(port) : SignalRClient.ConnectAsync(port);

    private static async Task ServeHeliosAsync(int port)
    {
        var helios = Helios.Create(options => options.MaxConnections = Limit);
        helios.Method("bench:echo", (int number, RequestContext _) => number);
        await helios.ListenAsync($"http://127.0.0.1:{port}");
    }

    private static async Task ServeSignalRAsync(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapHub<EchoHub>("/hub", options => options.AllowStatefulReconnects = true);
        await app.StartAsync();
        Console.WriteLine("listening");
        await app.WaitForShutdownAsync();
    }

    private sealed class EchoHub : Hub
    {
        public int Echo(int number) => number;
    }

    private sealed class HeliosClient(StarlingClient client) : IStormClient
    {
        public static async Task<IStormClient> ConnectAsync(int port) =>
            new HeliosClient(await StarlingClient.ConnectAsync(new Uri($"ws://127.0.0.1:{port}")));

        public async Task EchoAsync() => await client.Request<int>("bench:echo", 1);

        public ValueTask DisposeAsync() => client.DisposeAsync();
    }

    private sealed class SharedHandler() : DelegatingHandler(s_negotiating)
    {
        private static readonly SocketsHttpHandler s_negotiating = new()
        {
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
            MaxConnectionsPerServer = 64,
        };

        // All clients share the inner handler.
        protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
    }

    private sealed class SignalRClient(HubConnection connection) : IStormClient
    {
        public static async Task<IStormClient> ConnectAsync(int port)
        {
            var connection = new HubConnectionBuilder()
                .WithUrl($"http://127.0.0.1:{port}/hub", options =>
                {
                    options.Transports = Microsoft.AspNetCore.Http.Connections.HttpTransportType.WebSockets;
                    // Otherwise each client keeps the HTTP connection of its negotiation open.
                    options.HttpMessageHandlerFactory = _ => new SharedHandler();
                })
                .WithStatefulReconnect()
                .WithAutomaticReconnect()
                .Build();
            await connection.StartAsync();
            return new SignalRClient(connection);
        }

        public Task EchoAsync() => connection.InvokeAsync<int>("Echo", 1);

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
