using HeliosStarling.Wire;

namespace HeliosStarling.Threads;

/// <summary>Event-loop mode: who holds an I/O thread is named while it does.</summary>
public sealed class WatchdogTests : IAsyncDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(25);

    private readonly LoopServer _server = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _started = new(0);

    public async ValueTask DisposeAsync()
    {
        _gate.Set();
        await _server.DisposeAsync();
        _gate.Dispose();
        _started.Dispose();
    }

    [Fact]
    public async Task NonBlockingHandler_Blocks_IsNamedWithinASecond()
    {
        Register("slow:one", new MethodOptions { NonBlocking = true });
        await BeginAsync("slow:one");

        Advance(TimeSpan.FromMilliseconds(1000));

        Assert.Matches("^The handler of method 'slow:one' is registered as NonBlocking and has held an I/O thread for [0-9]+ ms", Assert.Single(_server.Warnings));
    }

    [Fact]
    public async Task NonBlockingFunction_Blocks_IsNamed()
    {
        _server.Helios.Method("slow:function", string (object? _) => Hold(), new MethodOptions { NonBlocking = true });
        await BeginAsync("slow:function");

        Advance(TimeSpan.FromMilliseconds(1000));

        Assert.StartsWith("The handler of method 'slow:function' is registered as NonBlocking", Assert.Single(_server.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NonBlockingHandler_EndsWithinTheBound_IsNotNamed()
    {
        Register("slow:one", new MethodOptions { NonBlocking = true });
        await BeginAsync("slow:one");

        Advance(TimeSpan.FromMilliseconds(225));
        await EndAsync();
        Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(_server.Warnings);
    }

    [Fact]
    public async Task NonBlockingHandler_BlocksOnAndOn_IsNamedOnce()
    {
        Register("slow:one", new MethodOptions { NonBlocking = true });
        await BeginAsync("slow:one");

        Advance(TimeSpan.FromSeconds(10));

        Assert.Single(_server.Warnings);
    }

    [Fact]
    public async Task NonBlockingHandlers_BlockOneAfterAnother_EachIsNamed()
    {
        Register("slow:one", new MethodOptions { NonBlocking = true });
        Register("slow:two", new MethodOptions { NonBlocking = true });
        await BeginAsync("slow:one");
        Advance(TimeSpan.FromSeconds(1));
        await EndAsync();
        await BeginAsync("slow:two", connect: false);
        Advance(TimeSpan.FromSeconds(1));

        Assert.Collection(
            _server.Warnings,
            first => Assert.Contains("'slow:one'", first, StringComparison.Ordinal),
            second => Assert.Contains("'slow:two'", second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OtherHandler_Blocks_IsNotNamed()
    {
        Register("slow:one", new MethodOptions());
        await BeginAsync("slow:one");

        Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(_server.Warnings);
    }

    private void Register(string method, MethodOptions options) => _server.Helios.Method(
        method,
        (object? _, RequestContext _) => Hold(),
        options);

    private string Hold()
    {
        _started.Release();
        _gate.Wait(Bound.Time);
        return "";
    }

    private async Task BeginAsync(string method, bool connect = true)
    {
        _gate.Reset();
        if (connect) await _server.ConnectAsync();
        await _server.SendAsync(ClientMessage.Request(method));
        Assert.True(await _started.WaitAsync(Bound.Time));
    }

    private async Task EndAsync()
    {
        _gate.Set();
        await _server.ReceiveAsync();
    }

    private void Advance(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += s_step) _server.Time.Advance(s_step);
    }
}
