using System.Net.Security;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>RFC 8441: many WebSockets as streams of one HTTP/2 connection.</summary>
public abstract class Http2Contract
{
    private readonly AddressKind _address;
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    private protected Http2Contract(AddressKind address) => _address = address;

    [Fact]
    public async Task Sockets_OnOneConnection_AreAllAnswered()
    {
        await using var server = await StartAsync(helios => helios.Method("sum:add", (int[] numbers, RequestContext _) => numbers.Sum()));
        using var http = CreateInvoker();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => H2Socket.ConnectAsync(server, _address, http)));

        await Task.WhenAll(sockets.Select((socket, i) => socket.SendTextAsync(Request("sum:add", $"[{i},1]", IdOf(i)))));

        for (var i = 0; i < sockets.Length; i++)
        {
            Assert.Equal(Success(server, $"{i + 1}", IdOf(i)), await sockets[i].ReadTextAsync());
            await sockets[i].DisposeAsync();
        }
        Assert.Equal(1, _connections);
    }

    [Fact]
    public async Task Sockets_ThatNeverRead_LeaveTheOthersOnTheirConnectionAlone()
    {
        const int broadcasts = 150;
        await using var server = await StartAsync(helios => helios.Method("sum:add", (int[] numbers, RequestContext _) => numbers.Sum()));
        using var http = CreateInvoker();
        var deaf = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => H2Socket.ConnectAsync(server, _address, http)));
        var readers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => H2Socket.ConnectAsync(server, _address, http)));
        await Bound.EventuallyAsync(() => server.Helios.Starlings.ConnectedCount == 20, "all are connected");
        var data = new string('x', 32 * 1024);

        for (var i = 0; i < broadcasts; i++)
        {
            await server.Helios.Starlings.BroadcastAsync("news:all", data);
            foreach (var reader in readers) Assert.EndsWith($"{data}\"}}}}", await reader.ReadTextAsync(), StringComparison.Ordinal);
        }

        await Task.WhenAll(readers.Select(async (reader, i) =>
        {
            await reader.SendTextAsync(Request("sum:add", $"[{i},1]", IdOf(i)));
            Assert.Equal(Success(server, $"{i + 1}", IdOf(i)), await reader.ReadTextAsync());
        }));
        Assert.Equal(1, _connections);
        foreach (var socket in deaf.Concat(readers)) await socket.DisposeAsync();
    }

    [Fact]
    public async Task Sockets_WhoseConnectionHandlersAreSlow_LeaveTheOthersOnTheirConnectionAlone()
    {
        var texts = new System.Collections.Concurrent.ConcurrentQueue<int>();
        await using var server = await StartAsync(helios =>
        {
            helios.OnConnection(async starling => await (starling.Helios.Starlings.TotalCount > 1 ? _gate.Task : Task.CompletedTask));
            helios.OnText(context => texts.Enqueue(context.Text.Length));
        });
        using var http = CreateInvoker();
        await using var quick = await H2Socket.ConnectAsync(server, _address, http);
        await quick.ExpectAliveAsync();
        await using var slow = await H2Socket.ConnectAsync(server, _address, http);
        await using var slower = await H2Socket.ConnectAsync(server, _address, http);

        // Together more than the 1 MiB that Kestrel buffers for one connection.
        await slow.SendTextAsync(new string('x', 700_000));
        await slower.SendTextAsync(new string('x', 700_001));

        await quick.ExpectAliveAsync();
        _gate.SetResult();
        await Bound.EventuallyAsync(() => texts.Count == 2, "the held texts are handled");
        Assert.Equal([700_000, 700_001], texts.Order());
    }

    [Fact]
    public async Task Socket_LeftUnreadTooLong_IsResetAndLeavesTheOthersAlone()
    {
        await using var server = await StartAsync(
            helios => helios.OnConnection(
                async starling => await (starling.Helios.Starlings.TotalCount > 1 ? _gate.Task : Task.CompletedTask)),
            // The stream ends long before the handler that hangs.
            options => (options.MaxMessageSize, options.RequestTimeout) = (64 * 1024, TimeSpan.FromHours(1)));
        using var http = CreateInvoker();
        await using var quick = await H2Socket.ConnectAsync(server, _address, http);
        await quick.ExpectAliveAsync();
        await using var slow = await H2Socket.ConnectAsync(server, _address, http);
        _ = slow.SendTextAsync(new string('x', 3_000_000));
        var reading = slow.ReadTextAsync();

        await Bound.EventuallyAsync(() =>
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            return reading.IsCompleted;
        }, "the stream is reset");

        await Assert.ThrowsAsync<WebSocketException>(() => reading);
        await quick.ExpectAliveAsync();
        _gate.SetResult();
    }

    [Fact]
    public async Task Socket_Closed_LeavesTheOthersOnItsConnectionAlone()
    {
        await using var server = await StartAsync();
        using var http = CreateInvoker();
        await using var first = await H2Socket.ConnectAsync(server, _address, http);
        await using var second = await H2Socket.ConnectAsync(server, _address, http);

        var status = await first.CloseAsync(4321, "mine");

        Assert.Equal(((WebSocketCloseStatus)4321, "mine"), status);
        await second.ExpectAliveAsync();
        Assert.Equal(1, _connections);
    }

    [Fact]
    public async Task Socket_Aborted_IsSeenAsLost()
    {
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(helios => helios.OnDisconnection((_, reason) => lost.SetResult(reason)));
        using var http = CreateInvoker();
        var socket = await H2Socket.ConnectAsync(server, _address, http);

        await socket.DisposeAsync();

        Assert.Equal("connection lost", await lost.Task.InTime());
    }

    [Fact]
    public async Task UpgradeContext_KeptBeyondItsSocket_NeverShowsTheHeadersOfAnother()
    {
        var kept = new System.Collections.Concurrent.ConcurrentQueue<UpgradeContext>();
        await using var server = await StartAsync(helios => helios.UseUpgrade((context, next) =>
        {
            kept.Enqueue(context);
            return next();
        }));
        using var http = CreateInvoker();
        string[] users = ["alice", "bob", "carol"];
        foreach (var user in users)
        {
            // The stream of an ended WebSocket carries the next one.
            await using var socket = await H2Socket.ConnectAsync(
                server, _address, http, options => options.SetRequestHeader("Authorization", $"Bearer {user}"));
            await socket.CloseAsync(1000, "");
            await Bound.EventuallyAsync(() => server.Helios.Starlings.ConnectedCount == 0, "the socket has ended");
        }

        Assert.Equal(users, kept.Select(context => context.BearerToken));
        Assert.Equal(users.Select(user => $"Bearer {user}"), kept.Select(context => context.Headers["authorization"]));
        Assert.Equal(1, _connections);
    }

    [Fact]
    public async Task Subprotocol_Offered_IsSelected()
    {
        await using var server = await StartAsync();
        using var http = CreateInvoker();

        await using var socket = await H2Socket.ConnectAsync(server, _address, http, options => options.AddSubProtocol("helios-starling"));

        Assert.Equal("helios-starling", socket.SubProtocol);
    }

    [Fact]
    public async Task Upgrade_OverTheLimit_IsRefusedAndTheOtherStreamLives()
    {
        await using var server = await StartAsync(configure: options => options.MaxConnections = 1);
        using var http = CreateInvoker();
        await using var first = await H2Socket.ConnectAsync(server, _address, http);

        var thrown = await Assert.ThrowsAsync<WebSocketException>(() => H2Socket.ConnectAsync(server, _address, http));

        Assert.Contains("503", thrown.Message, StringComparison.Ordinal);
        await first.ExpectAliveAsync();
    }

    [Fact]
    public async Task Sockets_IdleAfterTraffic_HoldNoBuffer()
    {
        await using var server = await StartAsync();
        using var http = CreateInvoker();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => H2Socket.ConnectAsync(server, _address, http)));
        await Task.WhenAll(sockets.Select(async socket =>
        {
            await socket.SendTextAsync(Request("no:such", $"\"{new string('x', 10_000)}\""));
            await socket.ReadTextAsync();
        }));

        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "no buffer is rented");

        Assert.Equal(sockets.Length, server.Helios.Starlings.ConnectedCount);
        foreach (var socket in sockets) await socket.DisposeAsync();
    }

    private protected Task<WireServer> StartAsync(Action<Helios>? register = null, Action<HeliosOptions>? configure = null) =>
        MappedServer.StartAsync(new ServerSetup(register, configure), new WireAddress(_address), options =>
        {
            options.Protocols = HttpProtocols.Http2;
            options.Use(next => connection =>
            {
                Interlocked.Increment(ref _connections);
                return next(connection);
            });
        });

    private static HttpMessageInvoker CreateInvoker() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = TestCertificate.IsOurs },
    });

    private static string Success(WireServer server, string data, string id) =>
        server.Envelope($"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":{data}");
}

public sealed class Http2OverTls() : Http2Contract(AddressKind.Tls);

public sealed class Http2PriorKnowledge() : Http2Contract(AddressKind.IPv4);
