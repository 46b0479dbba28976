using HeliosStarling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HeliosStarling.Authentication;

/// <summary>The <c>access_token</c> of a query: only on the paths that lead to Helios, and in no log.</summary>
public sealed class AccessTokenTests
{
    private static readonly string s_token = Credentials.Of("ada").ToJwt();

    [Theory]
    [InlineData("/helios?a=b&access_token={0}&c=d")]
    [InlineData("/helios/?access_token={0}")]
    [InlineData("/HELIOS?%61ccess_token={0}&access_token=another")]
    [InlineData("/base/helios?access_token={0}")]
    [InlineData("/branch/inner?access_token={0}")]
    [InlineData("/api/rooms/7?access_token={0}")]
    public async Task AccessToken_OfAMappedPath_SignsInAndStandsInNoLog(string target)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync(new UpgradeRequest(string.Format(target, s_token)));

        await client.ExpectAliveAsync();

        Assert.True(server.Helios.Starlings.Find(_ => true)!.User.HasClaim("team", "staff"));
        Assert.NotEmpty(server.Log.Everything);
        Assert.DoesNotContain(
            server.Log.Everything,
            text => text.Contains(s_token[20..60], StringComparison.Ordinal) || text.Contains("access_token", StringComparison.Ordinal));
        if (target.Contains("a=b")) Assert.Contains(server.Log.Everything, text => text.Contains("?a=b&c=d", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/hub?access_token=x", "?access_token=x")]
    [InlineData("/hub/helios?access_token=x", "?access_token=x")]
    [InlineData("/tenants/7/helios?access_token=x", "?access_token=x")]
    [InlineData("/elsewhere?a=b&access_token=x", "?a=b&access_token=x")]
    public async Task AccessToken_OfAnotherEndpoint_IsItsOwn(string target, string query)
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(new UpgradeRequest(target));

        Assert.Equal((200, $"{query}|"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task AccessToken_BesideAHeader_IsNotOffered()
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(new UpgradeRequest($"/helios?access_token={s_token}").With("Authorization", "Bearer nonsense"));

        Assert.Equal(401, reply.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a%20b")]
    [InlineData("%0d%0aX:y")]
    [InlineData("=")]
    public async Task AccessToken_ThatIsNone_IsNotOffered(string token)
    {
        await using var server = await StartAsync();

        var reply = await server.AskAsync(new UpgradeRequest($"/helios?access_token={token}"));

        Assert.Equal(401, reply.Status);
        // The challenge of the cookie scheme: no Authorization header was made.
        Assert.False(reply.Headers.ContainsKey("WWW-Authenticate"));
    }

    private static Task<WireServer> StartAsync() => AuthServer.StartAsync(map: app =>
    {
        app.Map("/branch", branch => branch.UseRouting()
            .UseAuthentication()
            .UseAuthorization()
            .UseEndpoints(endpoints => endpoints.MapHelios("/inner").RequireAuthorization()));
        app.UsePathBase("/base");
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHelios("/helios").RequireAuthorization(AuthServer.Staff);
        app.MapGroup("/api").MapHelios("/rooms/{room}").RequireAuthorization();
        app.MapGet("/hub", Echo);
        app.MapGet("/hub/helios", Echo);
        app.MapGet("/tenants/{tenant}/helios", Echo);
        app.MapFallback("{*path}", Echo);
    });

    private static Task Echo(HttpContext context) =>
        EchoAsync(context, $"{context.Request.QueryString}|{context.Request.Headers.Authorization}");

    private static Task EchoAsync(HttpContext context, string text)
    {
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }
}
