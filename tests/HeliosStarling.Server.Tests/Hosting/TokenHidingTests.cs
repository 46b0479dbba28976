using System.Text;
using HeliosStarling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HeliosStarling.Hosting;

/// <summary>Tokens are removed from requests to Helios servers in every spelling, and from no other request.</summary>
public sealed class TokenHidingTests
{
    private const string Secret = "c0ffee-1dea-5ecret";

    [Theory]
    [InlineData("/reset?recover=x")]
    [InlineData("/reset?a=b&re%63over=x&&c")]
    [InlineData("/reset?access_token=x&recover=y")]
    [InlineData("/reset/helios?recover=x")]
    [InlineData("/lobby/ws?recover=x")]
    [InlineData("/all/the/rest?recover=x")]
    public async Task Query_OfAnotherEndpoint_IsItsOwn(string target)
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(UpgradeRequest.PlainGet with { Target = target });

        Assert.Equal((200, target[target.IndexOf('?')..] + "|"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Subprotocols_OfAnotherEndpoint_AreItsOwn()
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(new UpgradeRequest("/reset").With("Sec-WebSocket-Protocol", "chat, helios.recover.x"));

        Assert.Equal((200, "|chat, helios.recover.x"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Query_OfAnotherMethodOfTheSamePath_IsItsEndpoints()
    {
        await using var server = await StartAsync();
        await using var stream = await server.OpenAsync();

        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /helios?recover=x HTTP/1.1\r\nHost: {server.Host}\r\nContent-Length: 0\r\n\r\n"));

        var reply = await HttpReply.ReadAsync(new ByteReader(stream));
        Assert.Equal((200, "?recover=x|"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Query_WithoutMapHelios_IsTheApplications()
    {
        await using var server = await StartAsync(app => app.MapFallback("{*path}", EchoAsync));

        var reply = await server.AskAsync(UpgradeRequest.PlainGet with { Target = "/helios?recover=x&access_token=y" });

        Assert.Equal((200, "?recover=x&access_token=y|"), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/helios?a=b&recover={0}")]
    [InlineData("/helios?a=b&RECOVER={0}")]
    [InlineData("/helios?a=b&re%63over={0}")]
    [InlineData("/helios?a=b&%52%65cover={0}")]
    [InlineData("/helios?a=b&re%2563over={0}")]
    [InlineData("/helios?a=b&+recover={0}")]
    [InlineData("/helios?a=b&recover+={0}")]
    [InlineData("/helios?a=b&%20recover={0}")]
    [InlineData("/helios?a=b&recover={0}&recover={0}&Recover={0}")]
    [InlineData("/helios?a=b&recover=&recover={0}")]
    [InlineData("/helios?a=b&ACCESS_TOKEN={0}")]
    [InlineData("/helios?a=b&access%5Ftoken={0}")]
    [InlineData("/helios?a=b&Access_Token={0}&access_token={0}")]
    [InlineData("/HELIOS/?a=b&recover={0}")]
    [InlineData("/base/helios?a=b&RECOVER={0}")]
    [InlineData("/api/rooms/7?a=b&RECOVER={0}")]
    [InlineData("/hall/ws?a=b&RECOVER={0}")]
    public async Task Token_InAnySpelling_StandsInNoLogAndReachesNoFilter(string target)
    {
        await using var server = await StartAsync();
        var queries = new List<string>();
        server.Helios.UseUpgrade((context, next) =>
        {
            queries.Add(context.Query);
            return next();
        });

        await using var client = await server.ConnectAsync(new UpgradeRequest(string.Format(target, Secret)));

        Assert.Equal(["a=b"], queries);
        Assert.Contains(server.Log.Everything, text => text.Contains("?a=b", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Everything, text => text.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("helios-starling, helios.recover.{0}")]
    [InlineData("helios-starling, Helios.Recover.{0}, helios.recover.{0}")]
    public async Task Subprotocol_InAnySpelling_StandsInNoLog(string offered)
    {
        await using var server = await StartAsync();

        await using var client = await server.ConnectAsync(
            UpgradeRequest.Valid.With("Sec-WebSocket-Protocol", string.Format(offered, Secret)));

        Assert.Equal("helios-starling", client.Upgrade.Headers["Sec-WebSocket-Protocol"]);
        Assert.NotEmpty(server.Log.Everything);
        Assert.DoesNotContain(server.Log.Everything, text => text.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/rooms/lobby")]
    [InlineData("/halls/7")]
    public async Task Token_WhereAnotherEndpointTakesOtherPathsOfTheSameShape_StandsInNoLog(string path)
    {
        await using var server = await StartAsync(MapConstrained);

        await using var client = await server.ConnectAsync(new UpgradeRequest($"{path}?a=b&recover={Secret}"));

        Assert.Contains(server.Log.Everything, text => text.Contains("?a=b", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Everything, text => text.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/rooms/7?recover=x")]
    [InlineData("/halls/lobby?recover=x")]
    public async Task Query_OfAPathThatAConstraintLeadsElsewhere_IsItsEndpoints(string target)
    {
        await using var server = await StartAsync(MapConstrained);

        var reply = await server.AskAsync(UpgradeRequest.PlainGet with { Target = target });

        Assert.Equal((200, "?recover=x|"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Token_WhereAnotherHostHasAnEndpointOfThisPath_StandsInNoLog()
    {
        await using var server = await StartAsync(MapHosts);

        var reply = await server.AskAsync(new UpgradeRequest($"/admin?a=b&recover={Secret}") { Host = "ws.example.com" });

        Assert.Equal(101, reply.Status);
        Assert.DoesNotContain(server.Log.Everything, text => text.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/same", "www.example.com")]
    [InlineData("/same", "eu.example.org:8080")]
    [InlineData("/admin", "www.example.com")]
    public async Task Query_OfAnEndpointOfAnotherHost_IsItsOwn(string path, string host)
    {
        await using var server = await StartAsync(MapHosts);

        var reply = await server.AskAsync(UpgradeRequest.PlainGet with { Target = $"{path}?recover=x", Host = host });

        Assert.Equal((200, "?recover=x|"), (reply.Status, reply.Body));
    }

    // Middleware rewrites the path to this one.
    [Fact]
    public async Task Token_OfARewrittenPath_IsUsedAndReachesNoFilter()
    {
        await using var server = await StartAsync();
        var seen = new List<string>();
        server.Helios.UseUpgrade((context, next) =>
        {
            seen.Add(
                $"{context.Query}|{context.BearerToken}|{context.ToArrival().Recovery.Token}|{context.Headers["Sec-WebSocket-Protocol"]}");
            return next();
        });

        await using var client = await server.ConnectAsync(
            new UpgradeRequest("/elsewhere?recover=r&access_token=t&a=b").With(
                "Sec-WebSocket-Protocol", "helios-starling, helios.recover.s"));

        Assert.Equal(["a=b|t|r|helios-starling"], seen);
    }

    private static Task<WireServer> StartAsync(Action<WebApplication>? map = null) =>
        MappedServer.StartAsync(new ServerSetup(null, null), new WireAddress(AddressKind.IPv4), map: map ?? Map);

    private static void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (context.Request.Path == "/elsewhere") context.Request.Path = "/helios";
            return next(context);
        });
        app.UsePathBase("/base");
        app.UseRouting();
        app.MapHelios("/helios");
        app.MapHelios("/{hall}/ws");
        app.MapGroup("/api").MapHelios("/rooms/{room}");
        app.MapPost("/helios", EchoAsync);
        app.MapGet("/reset", EchoAsync);
        app.MapGet("/reset/helios", EchoAsync);
        app.MapGet("/lobby/{page}", EchoAsync);
        app.MapFallback("{*path}", EchoAsync);
    }

    private static void MapConstrained(WebApplication app)
    {
        app.MapHelios("/rooms/{name}");
        app.MapGet("/rooms/{id:int}", EchoAsync);
        app.MapHelios("/halls/{id:int:min(1)}");
        app.MapGet("/halls/{name:alpha}", EchoAsync);
    }

    private static void MapHosts(WebApplication app)
    {
        app.MapHelios("/same").RequireHost("ws.example.com");
        app.MapGet("/same", EchoAsync).RequireHost("www.example.com", "*.example.org:8080");
        app.MapHelios("/{room}").RequireHost("ws.example.com");
        app.MapGet("/admin", EchoAsync).RequireHost("www.example.com");
    }

    private static Task EchoAsync(HttpContext context)
    {
        var text = $"{context.Request.QueryString}|{context.Request.Headers["Sec-WebSocket-Protocol"]}";
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }
}
