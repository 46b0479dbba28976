using HeliosStarling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace HeliosStarling.Hosting;

/// <summary>A proxy that changes the Host header, as nginx does by default, and says which host the client asked for.</summary>
public sealed class ForwardedHostTests
{
    private static readonly UpgradeRequest s_proxied = (UpgradeRequest.Valid with { Host = "backend:5000" })
        .With("Origin", "https://app.example.com")
        .With("X-Forwarded-Host", "app.example.com");

    [Fact]
    public async Task ForwardedHost_ThatTheApplicationHonors_IsTheHostOfItsPages()
    {
        await using var server = await StartAsync(ForwardedHeaders.XForwardedHost);

        Assert.Equal(101, (await server.AskAsync(s_proxied)).Status);
        Assert.Equal(403, (await server.AskAsync(s_proxied.With("Origin", "https://evil.example"))).Status);
    }

    [Fact]
    public async Task ForwardedHost_ThatTheApplicationHonors_IsTheHostThatMustBeAllowed()
    {
        await using var server = await StartAsync(ForwardedHeaders.XForwardedHost, options => options.AllowedHosts.Add("app.example.com"));

        Assert.Equal(101, (await server.AskAsync(s_proxied)).Status);
        Assert.Equal(403, (await server.AskAsync(s_proxied.With("X-Forwarded-Host", "other.example.com"))).Status);
    }

    // Any client can send the header. Only the middleware knows whether a proxy has sent it.
    [Fact]
    public async Task ForwardedHost_ThatNobodyHonors_IsRefusedAndTheMessageSaysWhatToDo()
    {
        await using var server = await StartAsync(ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);

        var reply = await server.AskAsync(s_proxied);

        Assert.Equal(403, reply.Status);
        Assert.Contains(
            "Pages of origin \\u0027https://app.example.com\\u0027 may not connect to host \\u0027backend:5000\\u0027.",
            reply.Body,
            StringComparison.Ordinal);
        Assert.Contains("A proxy names X-Forwarded-Host \\u0027app.example.com\\u0027:", reply.Body, StringComparison.Ordinal);
        Assert.Contains("call UseForwardedHeaders with ForwardedHeaders.XForwardedHost", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForwardedHost_OnTheLeanListener_IsNotTrusted()
    {
        await using var server = await LeanServer.StartAsync(
            new ServerSetup(null, options => options.AllowedHosts.Add("*")), new WireAddress(AddressKind.IPv4));

        Assert.Equal(403, (await server.AskAsync(s_proxied)).Status);
    }

    private static Task<WireServer> StartAsync(ForwardedHeaders honored, Action<HeliosOptions>? configure = null) =>
        MappedServer.StartAsync(new ServerSetup(null, configure), new WireAddress(AddressKind.IPv4), map: app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = honored });
            app.MapHelios("/helios");
        });
}
