using System.Globalization;
using System.Text.Json;
using HeliosStarling.Framing;
using HeliosStarling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Threads;

/// <summary>
/// Each message starts in the same, empty execution context, whatever earlier handlers and the code that started the server have set.
/// </summary>
public abstract class AmbientStateTests(bool isMapped) : IAsyncLifetime
{
    private const string Clean = "nothing, no culture, no request";

    private static readonly AsyncLocal<string?> s_local = new();
    private static readonly CultureInfo s_culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();

    private IHttpContextAccessor? _accessor;
    private WireServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        // Values of the code that starts the server must not reach handlers.
        Spoil();
        var (setup, address) = (
            new ServerSetup(register: null, options => options.MaxConcurrentRequests = 1), new WireAddress(AddressKind.IPv4));
        _server = await (isMapped
            ? MappedServer.StartAsync(setup, address, build: services => services.AddHttpContextAccessor(), map: Map)
            : LeanServer.StartAsync(setup, address));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("a:inline")]
    [InlineData("a:context")]
    [InlineData("a:awaits")]
    public async Task Method_AfterAnotherHasChangedTheState_SeesNothingOfIt(string method)
    {
        Register();
        await using var client = await _server.ConnectAsync();

        // In one packet, so that the handlers run in one batch of the reader.
        await client.SendAsync(Request(method, 1), Request(method, 2), Request(method, 3));

        for (var message = 0; message < 3; message++)
            Assert.Equal(Clean, JsonElement.Parse(await client.ReadTextAsync()).GetProperty("data").GetString());
    }

    [Fact]
    public async Task Method_ThatHasWaitedForAPlace_SeesTheSameAsOneOnTheReader()
    {
        Register();
        var hold = new TaskCompletionSource();
        _server.Helios.Method("a:hold", async (object? _) => await hold.Task);
        await using var client = await _server.ConnectAsync();

        await client.SendAsync(Request("a:hold", 1), Request("a:context", 2));
        await Eventually.TrueAsync(() => _server.Helios.Engine.Lanes.Pool.Waiting == 1);
        hold.SetResult();
        await client.ReadTextAsync();

        Assert.Equal(Clean, JsonElement.Parse(await client.ReadTextAsync()).GetProperty("data").GetString());
    }

    [Fact]
    public async Task OtherMessages_AfterTheirHandlersHaveChangedTheState_SeeNothingOfIt()
    {
        var seen = new List<string>();
        _server.Helios.On("a:b", (int _, TopicContext _) => seen.Add(SeeAndSpoil()));
        _server.Helios.OnText(_ => seen.Add(SeeAndSpoil()));
        _server.Helios.OnJson(_ => seen.Add(SeeAndSpoil()));
        _server.Helios.OnBinary(_ => seen.Add(SeeAndSpoil()));
        Register();
        await using var client = await _server.ConnectAsync();

        for (var round = 0; round < 2; round++)
            await client.SendAsync(
                ClientFrame.Text(ClientMessage.Notification("a:b", "1")),
                ClientFrame.Text("plain"),
                ClientFrame.Text("{}"),
                ClientFrame.Binary(1));
        await client.SendAsync(Request("a:context", 1));
        await client.ReadTextAsync();

        Assert.Equal(Enumerable.Repeat(Clean, 8), seen);
    }

    [Fact]
    public async Task ConnectionHandlers_OfAnyConnection_SeeNothing()
    {
        var seen = new List<string>();
        var ended = new TaskCompletionSource();
        _server.Helios.OnConnection(_ => seen.Add(SeeAndSpoil()));
        _server.Helios.OnDisconnection((_, _) =>
        {
            seen.Add(SeeAndSpoil());
            ended.SetResult();
        });
        Register();

        await using (var client = await _server.ConnectAsync())
        {
            await client.SendAsync(Request("a:context", 1));
            await client.ReadTextAsync();
        }
        await ended.Task.InTime();

        Assert.Equal([Clean, Clean], seen);
    }

    private static ClientFrame Request(string method, int id) =>
        ClientFrame.Text(ClientMessage.Request(method, "1", ClientMessage.IdOf(id)));

    private void Register()
    {
        _server.Helios.Method("a:inline", (object? _) => SeeAndSpoil());
        _server.Helios.Method("a:context", (object? _, RequestContext _) => SeeAndSpoil());
        _server.Helios.Method("a:awaits", (object? _) =>
        {
            var seen = SeeAndSpoil();
            return AfterAsync(seen);
        });

        static async Task<string> AfterAsync(string seen)
        {
            await Task.Yield();
            return seen;
        }
    }

    private void Map(WebApplication app)
    {
        _accessor = app.Services.GetRequiredService<IHttpContextAccessor>();
        app.MapHelios("/helios");
    }

    private string SeeAndSpoil()
    {
        var culture = CultureInfo.CurrentCulture == s_culture ? "the culture" : "no culture";
        var seen = $"{s_local.Value ?? "nothing"}, {culture}, {(_accessor?.HttpContext is null ? "no request" : "the upgrade")}";
        Spoil();
        return seen;
    }

    private static void Spoil()
    {
        s_local.Value = "spoilt";
        CultureInfo.CurrentCulture = s_culture;
    }
}

public sealed class LeanAmbientStateTests() : AmbientStateTests(isMapped: false);

public sealed class MappedAmbientStateTests() : AmbientStateTests(isMapped: true);
