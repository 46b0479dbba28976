using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace HeliosStarling.Chaos;

/// <summary>A server and its clients. All of them send messages in both directions at the same time.</summary>
internal sealed class TrafficServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TrafficClient> _byId = new();
    private readonly List<TrafficClient> _clients = [];
    private readonly HeliosListener _listener;

    private TrafficServer(Helios helios, HeliosListener listener) => (Helios, _listener) = (helios, listener);

    public Helios Helios { get; }

    public int Port => _listener.Addresses[0].Port;

    public IReadOnlyList<TrafficClient> Clients => _clients;

    public IEnumerable<string> Faults => _clients.SelectMany(peer => peer.Faults);

    public static async Task<TrafficServer> StartAsync()
    {
        var helios = Helios.Create(options =>
        {
            options.KeepAliveInterval = options.KeepAliveTimeout = options.ConnectionTimeout = TimeSpan.FromSeconds(1);
            options.RequestTimeout = TimeSpan.FromMinutes(10);
            options.MessageBufferSize = 100_000;
            options.MessageBufferBytes = 1L << 30;
        });
        var server = new TrafficServer(helios, await helios.StartAsync("http://127.0.0.1:0"));
        helios.Method("up:ask", (long number, RequestContext context) => server.TakeUp(context.Starling, number));
        helios.On("up:tell", (long number, TopicContext context) => server.TakeUp(context.Starling, number));
        helios.OnBinary(context => server.TakeUp(context.Starling, BinaryPrimitives.ReadInt64BigEndian(context.Data.Span)));
        helios.Events.On("starling:unconfirmed", happened => server._byId[happened.Starling.Id].Report("the server began a new epoch"));
        return server;
    }

    /// <summary>Connects a client through the proxy.</summary>
    public async Task AddAsync(int index, Uri url)
    {
        var peer = new TrafficClient(index);
        while (peer.Client is null)
        {
            try
            {
                peer.Client = await StarlingClient.ConnectAsync(url, Configure, client => Listen(client, peer));
            }
            catch (HeliosException)
            {
                // The first handshake is not retried by the client itself.
            }
        }
        _byId[peer.Id] = peer;
        lock (_clients) _clients.Add(peer);
    }

    /// <summary>Both sides send messages of random kinds until the stop.</summary>
    public async Task ExchangeAsync(TrafficClient peer, Random random, CancellationToken stop)
    {
        var starling = Helios.Starlings.GetById(peer.Id)!;
        while (!stop.IsCancellationRequested)
        {
            await SendUpAsync(peer, random.Next(3));
            await SendDownAsync(starling, peer, random.Next(3));
            await Task.Delay(random.Next(1, 30), CancellationToken.None);
        }
    }

    public async Task BroadcastAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            long number = 0;
            foreach (var peer in _clients) number = peer.Broadcasts.Next();
            await Helios.Starlings.BroadcastAsync("all:broadcast", number, cancellationToken: CancellationToken.None);
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _clients) await peer.Client.DisposeAsync();
        await _listener.DisposeAsync();
    }

    private static void Configure(StarlingClientOptions options)
    {
        options.KeepAliveInterval = options.KeepAliveTimeout = options.ConnectionTimeout = TimeSpan.FromSeconds(1);
        options.RequestTimeout = TimeSpan.FromMinutes(10);
        options.ReconnectDelay = TimeSpan.FromMilliseconds(20);
        options.MaxReconnectDelay = TimeSpan.FromMilliseconds(200);
        options.MessageBufferSize = 100_000;
    }

    private static void Listen(StarlingClient client, TrafficClient peer)
    {
        client.Method("down:ask", (long number, ClientRequestContext _) => Take(peer.Down, number));
        client.On("down:tell", (long number) => peer.Down.Receive(number));
        client.OnBinary(data => peer.Down.Receive(BinaryPrimitives.ReadInt64BigEndian(data.Span)));
        client.On("all:broadcast", (long number) => peer.Broadcasts.Receive(number));
        client.On("connection:missed", (System.Text.Json.JsonElement data) => peer.Report($"missed {data}"));
        client.OnError(error => peer.Report($"error {error.Code} {error.Message}"));
        client.Events.On("starling:unconfirmed", _ => peer.Report("the client began a new epoch"));
        client.Events.On(
            "starling:closed",
            (ClientClosed closed) => { if (closed.Code != 1000) peer.Report($"closed {closed.Code} {closed.Reason}"); });
    }

    private static long Take(MessageSequence sequence, long number)
    {
        sequence.Receive(number);
        return number;
    }

    private long TakeUp(Starling starling, long number) => Take(_byId[starling.Id].Up, number);

    private static async Task SendUpAsync(TrafficClient peer, int kind)
    {
        var number = peer.Up.Next();
        if (kind == 0) _ = peer.AwaitAnswerAsync(peer.Client.Request<long>("up:ask", number), number, isUp: true);
        else if (kind == 1) await peer.Client.NotifyAsync("up:tell", number);
        else await peer.Client.SendBinaryAsync(Bytes(number));
    }

    private static async Task SendDownAsync(Starling starling, TrafficClient peer, int kind)
    {
        var number = peer.Down.Next();
        if (kind == 0) _ = peer.AwaitAnswerAsync(starling.Request<long>("down:ask", number), number, isUp: false);
        else if (kind == 1) await starling.NotifyAsync("down:tell", number);
        else await starling.SendBinaryAsync(Bytes(number));
    }

    private static byte[] Bytes(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }
}
