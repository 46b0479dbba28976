using HeliosStarling.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Examples;

/// <summary>The examples of "API Reference" and "Performance Tuning".</summary>
public class ServerApiTests
{
    [Fact]
    public async Task Create_TuningExample_IsAccepted()
    {
        await using var server = Helios.Create(options =>
        {
            options.MaxConnections = 10_000;
            options.ConnectionTimeout = TimeSpan.FromSeconds(5);
            options.StateGenerationConcurrency = 100;
            options.StateTokenTtl = TimeSpan.FromSeconds(3600);
            options.MessageBufferSize = 1000;
            options.MaxMessageSize = 1024 * 1024;
            options.MaxConcurrentRequests = 1000;
            options.RequestTimeout = TimeSpan.FromMilliseconds(30000);
        });

        // The numbers of the examples are the defaults.
        await using var plain = Helios.Create();
        Assert.Equal(NumbersOf(server.Options), NumbersOf(plain.Options));
    }

    private static (int, TimeSpan, int, TimeSpan, int, int, int, TimeSpan) NumbersOf(HeliosOptions options) =>
        (options.MaxConnections, options.ConnectionTimeout, options.StateGenerationConcurrency, options.StateTokenTtl,
            options.MessageBufferSize, options.MaxMessageSize, options.MaxConcurrentRequests, options.RequestTimeout);

    [Theory]
    [InlineData(0, "MaxConnections is 0; it must be between 1 and 1000000.")]
    [InlineData(2_000_000, "MaxConnections is 2000000; it must be between 1 and 1000000.")]
    public void Create_OptionOutOfRange_SaysNameValueAndRange(int connections, string message)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Helios.Create(options => options.MaxConnections = connections));

        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public async Task ProtocolInfo_OfAServer_NamesTheProtocol()
    {
        var time = new FakeTimeProvider();
        await using var server = Helios.Create(options => options.TimeProvider = time);

        Assert.Equal(new ProtocolInfo("helios-starling", "1.0.0", time.GetUtcNow()), server.ProtocolInfo);
    }

    [Fact]
    public async Task Methods_Registered_AreListedWithTheirOptions()
    {
        await using var server = Helios.Create();
        server.Method("a:b", () => 5, new() { Timeout = TimeSpan.FromSeconds(3) });

        Assert.Contains("a:b", server.Methods.Names);
        Assert.Equal(TimeSpan.FromSeconds(3), server.Methods.GetOptions("a:b")?.Timeout);
    }

    [Fact]
    public async Task Topics_Registered_AreListed()
    {
        await using var server = Helios.Create();
        server.On("chat:*", (string _, TopicContext _) => { });

        Assert.Equal(["chat:*"], server.Topics.Patterns);
    }

    [Fact]
    public async Task OnDisconnection_ConnectionEnds_GetsStarlingAndReason()
    {
        await using var server = Helios.Create();
        var gone = new TaskCompletionSource<(string, string)>();
        server.OnDisconnection((starling, reason) => gone.SetResult((starling.Id, reason)));
        await using var mock = new MockStarling(server);

        await mock.CloseAsync("bye");

        Assert.Equal((mock.Id, "bye"), await gone.Task.InTime());
    }

    [Fact]
    public async Task OnError_ClientReportsAnError_GetsIt()
    {
        await using var server = Helios.Create();
        var reported = new TaskCompletionSource<(string, string)>();
        server.OnError(context => reported.SetResult((context.Code, context.Message)));
        await using var socket = new MockWebSocket(server);

        await socket.SendTextAsync("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"error","error":{"severity":"application","code":"APP_BROKE","message":"it broke"}}""");

        Assert.Equal(("APP_BROKE", "it broke"), await reported.Task.InTime());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Debug_HandlerThrows_TextTravelsOnlyWhenOn(bool debug)
    {
        await using var server = Helios.Create(options => options.Debug = debug);
        server.Method("a:b", context => throw new InvalidOperationException("secret"));
        await using var mock = new MockStarling(server);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<object?>("a:b").InTime());

        Assert.Equal("Method execution failed", failure.Message);
        Assert.Equal(debug, failure.Details?.ToString()?.Contains("secret", StringComparison.Ordinal) ?? false);
    }
}
