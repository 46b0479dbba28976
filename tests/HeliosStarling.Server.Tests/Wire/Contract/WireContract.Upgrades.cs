using System.Text;
using HeliosStarling.Framing;
using Microsoft.Extensions.Logging;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>
/// docs/protocol.md section 1: which upgrade requests are refused, and how. A plain GET gets the same answer.
/// </summary>
public abstract partial class WireContract
{
    private const string NoRoom = """{"error":{"code":"CONNECTION_LIMIT","message":"The server has no room for another connection."}}""";

    [Fact]
    public async Task PlainGet_OfAnAddressOpenToIt_Is400()
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(UpgradeRequest.PlainGet);

        AssertRefused(reply, 400, """{"error":{"code":"CONNECTION_REJECTED","message":"This address speaks WebSocket only: send a WebSocket upgrade request."}}""");
    }

    [Theory]
    [InlineData("Sec-WebSocket-Key", "c2hvcnQ=")]
    [InlineData("Sec-WebSocket-Key", "not base64 at all, really")]
    public async Task Upgrade_WithBadKey_Is400(string name, string value)
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(UpgradeRequest.Valid.With(name, value));

        AssertRefused(reply, 400, """{"error":{"code":"CONNECTION_REJECTED","message":"Sec-WebSocket-Key must be 16 bytes in base64."}}""");
    }

    [Theory]
    [InlineData("8")]
    [InlineData("14")]
    [InlineData("")]
    public async Task Upgrade_OfOtherWebSocketVersion_Is426AndNamesOurs(string version)
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(UpgradeRequest.Valid.With("Sec-WebSocket-Version", version));

        AssertRefused(reply, 426, """{"error":{"code":"CONNECTION_REJECTED","message":"Sec-WebSocket-Version must be 13."}}""");
        Assert.Equal("13", reply.Headers["Sec-WebSocket-Version"]);
    }

    // RFC 9110 section 7.8: a server ignores the Upgrade header of HTTP/1.0.
    [Fact]
    public async Task Upgrade_OverHttp10_IsRefused()
    {
        await using var server = await StartAsync();
        await using var stream = await server.OpenAsync();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            Encoding.ASCII.GetString(UpgradeRequest.Valid.ToBytes(server.Host)).Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal)));

        Assert.Equal(_isMapped ? 400 : 505, (await HttpReply.ReadAsync(new ByteReader(stream))).Status);
    }

    [Theory]
    [InlineData("app.example.com", null)]
    [InlineData("app.example.com:8443", "https://app.example.com:8443")]
    [InlineData("API.example.com", "https://api.example.com")]
    public async Task Upgrade_OfAnAllowedHost_Opens(string host, string? origin)
    {
        await using var server = await StartAsync(
            configure: options => options.AllowedHosts.AddRange(["app.example.com", "*.example.com:443"]));
        var request = origin is null ? UpgradeRequest.Valid : UpgradeRequest.Valid.With("Origin", origin);

        Assert.Equal(101, (await AskAsync(server, request, host)).Status);
    }

    [Theory]
    [InlineData("evil.example", "http://evil.example")]
    [InlineData("evil.example", null)]
    [InlineData("localhost", null)]
    [InlineData("example.com", null)]
    public async Task Upgrade_OfAnotherHost_Is403AndSoIsPlainGet(string host, string? origin)
    {
        var refused = $$$"""{"error":{"code":"CONNECTION_REJECTED","message":"The server may not be reached under host \u0027{{{host}}}\u0027. If it is yours, add \u0027{{{host}}}\u0027 to AllowedHosts."}}""";
        await using var server = await StartAsync(configure: options => options.AllowedHosts.Add("*.example.com"));

        foreach (var request in new[] { UpgradeRequest.Valid, UpgradeRequest.PlainGet })
            AssertRefused(await AskAsync(server, origin is null ? request : request.With("Origin", origin), host), 403, refused);
        Assert.Equal(2, server.Log.Entries.Count(entry => entry is { Level: LogLevel.Warning } && entry.Text.StartsWith(
            $"An upgrade was refused: The server may not be reached under host '{host}'.", StringComparison.Ordinal)));
    }

    // DNS rebinding: the page's own host resolves to this machine. MapHelios does not know the addresses of its web server.
    [Fact]
    public async Task Upgrade_OfAPageWhoseHostLeadsToALoopbackListener_Is403()
    {
        await using var server = await StartAsync();

        var reply = await AskAsync(server, UpgradeRequest.Valid.With("Origin", "http://evil.example"), "evil.example");
        var other = await AskAsync(server, UpgradeRequest.Valid, "evil.example");

        Assert.Equal((_isMapped || _address == AddressKind.Unix ? 101 : 403, 101), (reply.Status, other.Status));
        if (reply.Status == 403)
            Assert.Contains(
                "add \\u0027evil.example\\u0027 to AllowedHosts, or \\u0027http://evil.example\\u0027 to AllowedOrigins.",
                reply.Body,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_OverTheLimit_Is503UntilASlotIsFree()
    {
        await using var server = await StartAsync(
            configure: options => (options.MaxConnections, options.ConnectionTimeout) = (2, TimeSpan.FromSeconds(5)));
        await using var other = await server.ConnectAsync();
        await using var client = await server.ConnectAsync();

        var refused = await server.AskAsync(UpgradeRequest.Valid);
        var told = await server.AskAsync(UpgradeRequest.PlainGet);

        AssertRefused(refused, 503, NoRoom);
        AssertRefused(told, 503, NoRoom);
        Assert.Equal(("5", "5"), (refused.Headers["Retry-After"], told.Headers["Retry-After"]));
        await client.SendAsync(ClientFrame.Close(1000));
        await client.ExpectCloseAsync(1000);
        await client.ExpectEndAsync();
        await Bound.EventuallyAsync(() => server.Helios.Connections.HasRoom, "the slot is free");
        await using var next = await server.ConnectAsync();
        await next.ExpectAliveAsync();
        await other.ExpectAliveAsync();
    }

    [Fact]
    public async Task Connection_Lost_GivesItsSlotBack()
    {
        var ended = Signal();
        await using var server = await StartAsync(
            helios => helios.OnDisconnection((_, _) => ended.TrySetResult()), options => options.MaxConnections = 1);
        var lost = await server.ConnectAsync();
        await lost.ExpectAliveAsync();
        await lost.DisposeAsync();
        await ended.Task.InTime();

        await Bound.EventuallyAsync(() => server.Helios.Connections.HasRoom, "the slot is free");

        await using var next = await server.ConnectAsync();
        await next.ExpectAliveAsync();
    }

    [Fact]
    public async Task UpgradeFilter_ThatRefuses_DecidesStatusAndBodyForPlainGetToo()
    {
        await using var server = await StartAsync(helios => helios.UseUpgrade((context, next) =>
        {
            if (context.Headers.TryGetValue("authorization", out var token) && token == "Bearer good") return next();
            context.Refuse(401, "AUTH_REQUIRED", "Sign in first.");
            return default;
        }));

        var refused = await server.AskAsync(UpgradeRequest.Valid);
        var told = await server.AskAsync(UpgradeRequest.PlainGet);
        await using var client = await server.ConnectAsync(UpgradeRequest.Valid.With("Authorization", "Bearer good"));

        AssertRefused(refused, 401, """{"error":{"code":"AUTH_REQUIRED","message":"Sign in first."}}""");
        AssertRefused(told, 401, """{"error":{"code":"AUTH_REQUIRED","message":"Sign in first."}}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task UpgradeFilter_ThatNeitherPassesNorRefuses_Is403()
    {
        await using var server = await StartAsync(helios => helios.UseUpgrade((_, _) => default));

        var reply = await server.AskAsync(UpgradeRequest.Valid);

        AssertRefused(reply, 403, """{"error":{"code":"CONNECTION_REJECTED","message":"The upgrade was refused."}}""");
    }

    [Fact]
    public async Task UpgradeFilter_ThatThrows_Is500AndLeavesTheServerRunning()
    {
        await using var server = await StartAsync(helios => helios.UseUpgrade((context, next) =>
            context.Query == "fail" ? throw new FormatException("secret") : next()));

        var reply = await server.AskAsync(new UpgradeRequest("/helios?fail"));
        await using var client = await server.ConnectAsync();

        AssertRefused(reply, 500, """{"error":{"code":"INTERNAL_ERROR","message":"The server failed to decide about the upgrade."}}""");
        await client.ExpectAliveAsync();
        Assert.Contains(server.Log.Entries, entry => entry.Exception is FormatException);
    }

    [Fact]
    public async Task UpgradeFilter_ThatReadsAllHeaders_SeesEachOnceInAnyWay()
    {
        var seen = new List<string>();
        await using var server = await StartAsync(helios => helios.UseUpgrade((context, next) =>
        {
            var headers = context.Headers;
            seen.Add(
                $"{headers["x-NAME"]} {headers.ContainsKey("X-Name")} {headers.TryGetValue("X-None", out var none)} {none} {headers.ContainsKey("X-None")}");
            Assert.Equal(headers.Count, headers.Select(header => header.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Equal(headers, headers.Keys.Zip(headers.Values, KeyValuePair.Create));
            Assert.Contains(headers, header => header.Key.Equals("X-Name", StringComparison.OrdinalIgnoreCase) && header.Value == "ada");
            Assert.Throws<KeyNotFoundException>(() => headers["X-None"]);
            return next();
        }));

        await using var client = await server.ConnectAsync(UpgradeRequest.Valid.With("X-Name", "ada"));

        await client.ExpectAliveAsync();
        Assert.Equal(["ada True False  False"], seen);
    }

    [Fact]
    public async Task User_NobodySaysWho_IsOneAnonymousUserForTheWholeConnection()
    {
        System.Security.Claims.ClaimsPrincipal? atUpgrade = null, atConnection = null;
        await using var server = await StartAsync(helios =>
        {
            helios.UseUpgrade((context, next) =>
            {
                if (context.Query == "asked") atUpgrade = context.User;
                return next();
            });
            helios.OnConnection(starling =>
            {
                atConnection = starling.User;
                starling.User.AddIdentity(new([new("room", "lobby")]));
            });
            helios.Method("my:room", (RequestContext context) =>
                $"{context.User.Identity!.IsAuthenticated} {context.User.FindFirst("room")?.Value} {context.User == atConnection}");
        });

        foreach (var query in (string[])["", "?asked"])
        {
            await using var client = await server.ConnectAsync(new UpgradeRequest("/helios" + query));
            await client.SendTextAsync(Request("my:room"));

            await client.ExpectSuccessAsync("\"False lobby True\"");
        }
        Assert.Same(atUpgrade, atConnection);
    }

    [Fact]
    public async Task UpgradeFilter_ThatSetsUser_IsSeenByHandlers()
    {
        await using var server = await StartAsync(helios =>
        {
            helios.UseUpgrade((context, next) =>
            {
                context.User = new(new System.Security.Claims.ClaimsIdentity([new("sub", context.Query + context.Path)], "test"));
                return next();
            });
            helios.Method("my:name", (RequestContext context) => context.User.FindFirst("sub")?.Value);
        });
        await using var client = await server.ConnectAsync(new UpgradeRequest("/helios?name=ada"));

        await client.SendTextAsync(Request("my:name"));

        await client.ExpectSuccessAsync("\"name=ada/helios\"");
    }

    [Theory]
    [InlineData("helios-starling")]
    [InlineData("chat, helios-starling")]
    public async Task Subprotocol_Offered_IsSelected(string offered)
    {
        await using var server = await StartAsync();

        await using var client = await server.ConnectAsync(UpgradeRequest.Valid.With("Sec-WebSocket-Protocol", offered));

        Assert.Equal("helios-starling", client.Upgrade.Headers["Sec-WebSocket-Protocol"]);
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Subprotocol_OfOthers_IsNotSelected()
    {
        await using var server = await StartAsync();

        await using var client = await server.ConnectAsync(UpgradeRequest.Valid.With("Sec-WebSocket-Protocol", "chat, superchat"));

        Assert.DoesNotContain("Sec-WebSocket-Protocol", client.Upgrade.Headers);
        await client.ExpectAliveAsync();
    }

    private static void AssertRefused(HttpReply reply, int status, string body)
    {
        Assert.Equal((status, "application/json", body), (reply.Status, reply.Headers["Content-Type"], reply.Body));
    }

    private static async Task<HttpReply> AskAsync(WireServer server, UpgradeRequest request, string host)
    {
        await using var stream = await server.OpenAsync();
        await stream.WriteAsync(request.ToBytes(host)).AsTask().InTime();
        return await HttpReply.ReadAsync(new ByteReader(stream));
    }
}
