using HeliosStarling.Protocol;
using HeliosStarling.Recovery;
using HeliosStarling.Testing;

namespace HeliosStarling.Filters;

public sealed class ConnectionFilterTests : RecoveryTest
{
    private readonly List<string> _calls = [];
    private HeliosException? _refusal;
    private bool _goesOn = true;

    [Fact]
    public async Task UseConnection_NewStarling_RunsAroundItsHandlers()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        Assert.Equal(["> filter", "handler", "< filter"], _calls);
    }

    [Fact]
    public async Task UseConnection_StarlingComesBack_DoesNotRunAgain()
    {
        var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal(["> filter", "handler", "< filter"], _calls);
    }

    [Fact]
    public async Task UseConnection_Throws_ConnectionIsClosedWithTheCode()
    {
        _refusal = new HeliosException("CHAT_BANNED", "You are banned");

        await ExpectClosedAsync("CHAT_BANNED");
    }

    [Fact]
    public async Task UseConnection_DoesNotGoOn_ConnectionIsClosed()
    {
        _goesOn = false;

        await ExpectClosedAsync("CONNECTION_REJECTED");
    }

    [Fact]
    public async Task UseConnection_LetsTheFailureOfARequestThrough_ConnectionIsClosedWithoutItsCode()
    {
        await using var other = HeliosStarling.Helios.Create();
        await using var mock = new MockStarling(other);
        _refusal = await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<int>("no:method").InTime());

        await ExpectClosedAsync("CONNECTION_REJECTED");
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.OnConnection(_ => _calls.Add("handler"));
        helios.UseConnection(async (_, next) =>
        {
            if (_refusal is not null) throw _refusal;
            if (!_goesOn) return;
            _calls.Add("> filter");
            await next();
            _calls.Add("< filter");
        });
    }

    private async Task ExpectClosedAsync(string reason)
    {
        await using var client = await Server.ConnectAsync();
        await client.ExpectCloseAsync(CloseCode.Policy, reason);
        await Eventually.TrueAsync(() => Helios.Starlings.TotalCount == 0);
        Assert.Empty(_calls);
    }
}
