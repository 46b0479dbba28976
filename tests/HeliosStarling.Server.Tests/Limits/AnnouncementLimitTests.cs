using System.Security.Claims;
using HeliosStarling.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeliosStarling.Limits;

/// <summary>Handlers of connections that are slower than the clients that come and go.</summary>
public sealed class AnnouncementLimitTests : IAsyncDisposable
{
    // As Connections has it for few connections.
    private const int Limit = 1024;

    private readonly TaskCompletionSource _end = new();
    private readonly Helios _helios = Helios.Create(options =>
    {
        (options.MaxConnections, options.MaxBufferedBytes) = (10, 64 * 1024 * 1024);
        options.LoggerFactory = NullLoggerFactory.Instance;
    });

    public ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        return _helios.DisposeAsync();
    }

    [Fact]
    public async Task Handlers_DoNotKeepUpWithOneAddress_ItIsRefusedAndOthersAreServed()
    {
        _helios.Events.On("starling:gone", async (StarlingGone _) => await _end.Task);
        var refusals = 0;
        for (var count = 0; count < Limit + 100 && refusals == 0; count++)
        {
            var failure = await Record.ExceptionAsync(async () => await (await MockStarling.ConnectAsync(_helios)).CloseAsync());
            if (failure is null) continue;
            Assert.Equal(4029, Assert.IsType<ConnectionFailure>(Assert.IsType<HeliosException>(failure).Details).CloseCode);
            refusals++;
        }

        Assert.Equal(1, refusals);
        // What waits is counted for the address, and bounded.
        Assert.InRange(_helios.Engine.Buffers.Rented / Starling.AnnouncementBytes, Limit - 100, Limit + 100);
        var other = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ada")], "test"));
        await using (var mock = await MockStarling.ConnectAsync(_helios, user: other)) await mock.Client.Request("system:ping");

        _end.SetResult();
        await Eventually.TrueAsync(() => _helios.Engine.Buffers.Rented == 0);
        await (await MockStarling.ConnectAsync(_helios)).CloseAsync();
    }
}
