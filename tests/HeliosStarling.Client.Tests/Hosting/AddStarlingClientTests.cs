using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HeliosStarling.Hosting;

/// <summary>Clients in an application with dependency injection.</summary>
public sealed class AddStarlingClientTests
{
    [Fact]
    public async Task Client_IsConnectedAtTheStart_AndLeavesAtTheStop()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("who:am", () => "it"));
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStarlingClient(
            server.Url, setup: (client, _) => client.Method("ui:name", (string _, ClientRequestContext _) => "ada"));
        using var host = builder.Build();

        await host.StartAsync().InTime();
        var client = host.Services.GetRequiredService<StarlingClient>();
        Assert.Equal("it", await client.Request<string>("who:am").InTime());
        Assert.Equal("ada", await server.Starling.Request<string>("ui:name", "").InTime());
        await host.StopAsync().InTime();

        Assert.Equal(ConnectionState.Closed, client.State);
        Assert.Equal(0, server.Helios.Starlings.TotalCount);
    }

    [Fact]
    public async Task Clients_OfSeveralNames_AreKeyedAndHaveTheirOwnOptions()
    {
        await using var first = await TestServer.StartAsync(helios => helios.Method("who:am", () => "first"));
        await using var second = await TestServer.StartAsync(helios => helios.Method("who:am", () => "second"));
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStarlingClient("a", first.Url, options => options.Token = null);
        builder.Services.AddStarlingClient("b", second.Url);
        using var host = builder.Build();
        await host.StartAsync().InTime();

        var answers = await Task.WhenAll(new[] { "a", "b" }.Select(
            name => host.Services.GetRequiredKeyedService<StarlingClient>(name).Request<string>("who:am").InTime()));

        Assert.Equal(["first", "second"], answers);
        await host.StopAsync().InTime();
    }

    [Fact]
    public async Task Options_OfTheConfiguration_AreBound()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("who:am", () => "it"));
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new("Server:MaxMessageSize", "1")]);
        builder.Services.AddStarlingClient(server.Url).Configure<StarlingClientOptions>(builder.Configuration.GetSection("Server"));
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync().InTime());

        Assert.StartsWith("MaxMessageSize is 1; it must be", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ServerCannotBeReached_FailsWithTheReason()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStarlingClient(new Uri("ws://127.0.0.1:1"));
        using var host = builder.Build();

        Assert.Equal("CONNECTION_REJECTED", (await Assert.ThrowsAsync<HeliosException>(() => host.StartAsync().InTime())).Code);
    }
}
