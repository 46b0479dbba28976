using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Fuzz;

/// <summary>Which listener and limits a server has.</summary>
internal enum ServerKind
{
    Lean,
    Limited,
    Mapped,
}

/// <summary>
/// A whole server on a loopback port, with small limits and a clock that the fuzzer advances, and two verifying clients.
/// </summary>
internal sealed class FuzzServer : IDisposable
{
    // An event that takes longer counts as missing.
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(10);

    // Below the keep-alive interval, so that the verifying clients send something in time.
    private static readonly TimeSpan s_longestAdvance = TimeSpan.FromSeconds(60);

    // For conditions inside the server, which make no socket readable.
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMicroseconds(200);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(5);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Func<Task> _stop;
    private TimeSpan _advanced;

    private FuzzServer(ServerKind kind)
    {
        Kind = kind;
        (Helios, EndPoint, _stop) = kind == ServerKind.Mapped ? StartMapped() : StartLean();
        new FuzzMethods(Helios, Time).Register(hasFilters: kind == ServerKind.Limited);
        VerifyingClients = [new VerifyingClient(this, resumes: false), new VerifyingClient(this, resumes: true)];
        foreach (var client in VerifyingClients) client.JoinGroup();
        LeakCheck = new LeakCheck(this);
    }

    public ServerKind Kind { get; }

    public Helios Helios { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public ErrorLog Log { get; } = new();

    public IPEndPoint EndPoint { get; }

    public IReadOnlyList<VerifyingClient> VerifyingClients { get; }

    public LeakCheck LeakCheck { get; }

    public static FuzzServer Start(ServerKind kind) => new(kind);

    /// <summary>Waits for something that must happen, while clients read.</summary>
    public void Until(Func<bool> condition, Func<string> what, IReadOnlyList<FuzzClient> clients)
    {
        if (!TryUntil(condition, s_bound, clients)) throw new FindingException(what());
    }

    /// <summary>Waits for something that may happen, while clients read; false when it does not.</summary>
    public bool TryUntil(Func<bool> condition, TimeSpan patience, IReadOnlyList<FuzzClient> clients)
    {
        var started = Stopwatch.GetTimestamp();
        var pause = s_shortestPause;
        for (Poll(clients); !condition(); Poll(clients))
        {
            if (Stopwatch.GetElapsedTime(started) >= patience) return false;
            WaitForBytes(clients, pause);
            // Longer pauses on a busy machine.
            pause = pause < s_longestPause ? pause * 1.5 : s_longestPause;
        }
        return true;
    }

    /// <summary>Lets clients read what has arrived.</summary>
    public void Poll(IReadOnlyList<FuzzClient> clients)
    {
        foreach (var client in VerifyingClients ?? []) client.Poll(_buffer);
        foreach (var client in clients) client.Poll(_buffer);
        FindingException.Unless(Log.Unexpected is null, $"no error of the server's own: {Log.Unexpected}");
    }

    /// <summary>Advances the clock. Verifying clients send a request often enough to stay connected.</summary>
    public void AdvanceClock(TimeSpan time)
    {
        while (time > TimeSpan.Zero)
        {
            var left = s_longestAdvance - _advanced;
            var step = time < left ? time : left;
            Time.Advance(step);
            time -= step;
            _advanced += step;
            if (_advanced < s_longestAdvance) continue;
            _advanced = TimeSpan.Zero;
            foreach (var client in VerifyingClients) client.Ask();
            foreach (var client in VerifyingClients) client.ExpectAnswer();
            foreach (var client in VerifyingClients) client.Acknowledge();
        }
    }

    public void Dispose()
    {
        foreach (var client in VerifyingClients) client.Dispose();
        _stop().Wait(s_bound);
    }

    private void WaitForBytes(IReadOnlyList<FuzzClient> clients, TimeSpan pause)
    {
        var sockets = new List<Socket>();
        foreach (var client in VerifyingClients ?? []) Add(client.Socket);
        foreach (var client in clients)
        {
            if (client.IsReading) Add(client.Socket);
        }
        if (sockets.Count == 0) Thread.Sleep(pause);
        else Socket.Select(sockets, null, null, pause);

        void Add(PeerSocket socket)
        {
            if (!socket.IsOver) sockets.Add(socket.Socket);
        }
    }

    private void Configure(HeliosOptions options)
    {
        options.TimeProvider = Time;
        options.ConnectionKey = "a key of the fuzzer, thirty-two bytes";
        (options.MaxConnections, options.MaxMessageSize, options.MessageBufferSize, options.MessageBufferBytes) = (12, 1024, 64, 16 * 1024);
        (options.MaxBufferedBytes, options.MaxConcurrentRequests, options.MaxQueuedRequests) = (16 * 1024 * 1024, 64, 16);
        (options.MaxRequestsPerStarling, options.MaxRequestBytesPerStarling, options.MaxBlockingThreads) = (8, 4096, 2);
        (options.MaxGroupsPerStarling, options.MaxDataPerStarling) = (4, 4);
        options.DisconnectionTtl = TimeSpan.FromSeconds(5);
        options.RequestTimeout = TimeSpan.FromSeconds(4);
        options.MessageTimeout = TimeSpan.FromSeconds(3);
        options.ConnectionTimeout = TimeSpan.FromSeconds(2);
        options.KeepAliveInterval = TimeSpan.FromSeconds(61);
        options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        options.StateTokenTtl = TimeSpan.FromMinutes(3);
        if (Kind != ServerKind.Limited) return;
        (options.MaxConcurrentRequests, options.MaxQueuedRequests, options.OutboxPolicy) = (24, 8, OutboxPolicy.DropNewest);
        options.RateLimits.PerConnection = new RateLimit(30, TimeSpan.FromSeconds(1));
        options.RateLimits.PerAddress = new RateLimit(60, TimeSpan.FromSeconds(1));
        options.RateLimits.Upgrades = new RateLimit(8, TimeSpan.FromSeconds(1));
        options.RateLimits.CloseAfter = 10;
    }

    private (Helios, IPEndPoint, Func<Task>) StartLean()
    {
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .BuildServiceProvider();
        var helios = Helios.Create(Configure, services);
        var listener = helios.StartAsync("http://127.0.0.1:0").GetAwaiter().GetResult();
        return (helios, new IPEndPoint(IPAddress.Loopback, listener.Addresses[0].Port), () => listener.StopAsync());
    }

    private (Helios, IPEndPoint, Func<Task>) StartMapped()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(Log);
        builder.Services.AddRouting().AddHelios(Configure);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapHelios("/helios");
        app.StartAsync().GetAwaiter().GetResult();
        return (app.Services.GetHelios(), new IPEndPoint(IPAddress.Loopback, new Uri(app.Urls.Single()).Port), () => app.StopAsync());
    }
}
