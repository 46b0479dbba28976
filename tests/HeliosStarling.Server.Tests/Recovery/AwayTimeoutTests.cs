namespace HeliosStarling.Recovery;

/// <summary>Requests of the server to a client that does not reconnect in time.</summary>
public sealed class AwayTimeoutTests : RecoveryTest
{
    private static readonly RequestOptions s_minute = new() { Timeout = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Request_ClientIsAway_SaysForHowLong()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var starling = StarlingOf(client);
        await client.CutAsync(Server);
        Server.Time.Advance(TimeSpan.FromSeconds(12));
        var request = starling.Request<string>("ui:ask", options: s_minute);

        Server.Time.Advance(TimeSpan.FromMinutes(1));

        await ExpectAsync(request, "No answer to 'ui:ask' came in time: the client has been disconnected for 72 s.");
    }

    [Fact]
    public async Task Request_ClientIsThere_SaysNothingOfIt()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var request = StarlingOf(client).Request<string>("ui:ask", options: s_minute);

        Server.Time.Advance(TimeSpan.FromMinutes(1));

        await ExpectAsync(request, "No answer to 'ui:ask' came in time.");
    }

    private static async Task ExpectAsync(StarlingRequest<string> request, string message)
    {
        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());
        Assert.Equal(("REQUEST_TIMEOUT", message), (failure.Code, failure.Message));
    }
}
