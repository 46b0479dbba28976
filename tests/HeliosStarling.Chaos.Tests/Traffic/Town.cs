using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace HeliosStarling.Chaos;

/// <summary>A server and its members, all of whom talk at once in both directions.</summary>
internal sealed class Town : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Member> _byId = new();
    private readonly List<Member> _members = [];
    private readonly HeliosListener _listener;

    private Town(Helios helios, HeliosListener listener) => (Helios, _listener) = (helios, listener);

    public Helios Helios { get; }

    public int Port => _listener.Addresses[0].Port;

    public IReadOnlyList<Member> Members => _members;

    public IEnumerable<string> Faults => _members.SelectMany(member => member.Faults);

    public static async Task<Town> StartAsync()
    {
        var helios = Helios.Create(options =>
        {
            options.KeepAliveInterval = options.KeepAliveTimeout = options.ConnectionTimeout = TimeSpan.FromSeconds(1);
            options.RequestTimeout = TimeSpan.FromMinutes(10);
            options.MessageBufferSize = 100_000;
            options.MessageBufferBytes = 1L << 30;
        });
        var town = new Town(helios, await helios.StartAsync("http://127.0.0.1:0"));
        helios.Method("up:ask", (long number, RequestContext context) => town.TakeUp(context.Starling, number));
        helios.On("up:tell", (long number, TopicContext context) => town.TakeUp(context.Starling, number));
        helios.OnBinary(context => town.TakeUp(context.Starling, BinaryPrimitives.ReadInt64BigEndian(context.Data.Span)));
        helios.Events.On("starling:unconfirmed", happened => town._byId[happened.Starling.Id].Report("the server began a new epoch"));
        return town;
    }

    /// <summary>Lets a client in through the proxy.</summary>
    public async Task AddAsync(int index, Uri url)
    {
        var member = new Member(index);
        while (member.Client is null)
        {
            try
            {
                member.Client = await StarlingClient.ConnectAsync(url, Configure, client => Listen(client, member));
            }
            catch (HeliosException)
            {
                // A fault in the first handshake is for the caller to deal with: this one tries again.
            }
        }
        _byId[member.Id] = member;
        lock (_members) _members.Add(member);
    }

    /// <summary>Both sides send a message of some kind, over and over.</summary>
    public async Task TalkAsync(Member member, Random random, CancellationToken stop)
    {
        var starling = Helios.Starlings.GetById(member.Id)!;
        while (!stop.IsCancellationRequested)
        {
            await SendUpAsync(member, random.Next(3));
            await SendDownAsync(starling, member, random.Next(3));
            await Task.Delay(random.Next(1, 30), CancellationToken.None);
        }
    }

    public async Task BroadcastAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            long number = 0;
            foreach (var member in _members) number = member.Broadcasts.Next();
            await Helios.Starlings.BroadcastAsync("all:news", number, cancellationToken: CancellationToken.None);
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members) await member.Client.DisposeAsync();
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

    private static void Listen(StarlingClient client, Member member)
    {
        client.Method("down:ask", (long number, ClientRequestContext _) => Take(member.Down, number));
        client.On("down:tell", (long number) => member.Down.Receive(number));
        client.OnBinary(data => member.Down.Receive(BinaryPrimitives.ReadInt64BigEndian(data.Span)));
        client.On("all:news", (long number) => member.Broadcasts.Receive(number));
        client.On("connection:missed", (System.Text.Json.JsonElement data) => member.Report($"missed {data}"));
        client.OnError(error => member.Report($"error {error.Code} {error.Message}"));
        client.Events.On("starling:unconfirmed", _ => member.Report("the client began a new epoch"));
        client.Events.On(
            "starling:closed",
            (ClientClosed closed) => { if (closed.Code != 1000) member.Report($"closed {closed.Code} {closed.Reason}"); });
    }

    private static long Take(Sequence sequence, long number)
    {
        sequence.Receive(number);
        return number;
    }

    private long TakeUp(Starling starling, long number) => Take(_byId[starling.Id].Up, number);

    private static async Task SendUpAsync(Member member, int kind)
    {
        var number = member.Up.Next();
        if (kind == 0) _ = member.AwaitAnswerAsync(member.Client.Request<long>("up:ask", number), number, isUp: true);
        else if (kind == 1) await member.Client.NotifyAsync("up:tell", number);
        else await member.Client.SendBinaryAsync(Bytes(number));
    }

    private static async Task SendDownAsync(Starling starling, Member member, int kind)
    {
        var number = member.Down.Next();
        if (kind == 0) _ = member.AwaitAnswerAsync(starling.Request<long>("down:ask", number), number, isUp: false);
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
