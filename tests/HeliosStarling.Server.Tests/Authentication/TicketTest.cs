using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Authentication;

/// <summary>A server with authentication, and signed-in clients with resume.</summary>
public abstract class TicketTest : IAsyncLifetime
{
    private WireServer? _server;

    private protected WireServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await AuthServer.StartAsync(Register);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Register(Helios helios)
    {
    }

    private protected Task<ResumeClient> ConnectAsync(Credentials credentials, Place place = Place.JwtHeader, string query = "resume=1") =>
        ResumeClient.ConnectAsync(Server, credentials.In(new UpgradeRequest($"/helios?{query}"), place));

    private protected Starling StarlingOf(ResumeClient client) => Server.Helios.Starlings.GetById(client.Id)!;

    /// <summary>Asserts that the connection still answers.</summary>
    private protected static async Task ExpectOpenAsync(ResumeClient client)
    {
        await client.SendTextAsync(ClientMessage.Of($"""
            "type":"ping","messageId":"{ClientMessage.Id}"
            """));
        Assert.Contains($"\"messageId\":\"{ClientMessage.Id}\"", (await NextAsync(client)).Text, StringComparison.Ordinal);
    }

    private protected async Task ExpectExpiredAsync(ResumeClient client)
    {
        Assert.Equal(
            Server.Envelope("""
                "type":"error","error":{"severity":"application","code":"AUTH_EXPIRED","message":"The authentication has expired: sign in again."}
                """),
            (await NextAsync(client)).Text);
        await client.Wire.ExpectCloseAsync(1008, "AUTH_EXPIRED");
    }

    /// <summary>The next frame that was not caused by the advanced clock.</summary>
    private static async Task<ServerFrame> NextAsync(ResumeClient client)
    {
        while (true)
        {
            var frame = await client.Wire.ReadFrameAsync();
            var isAckInTime = frame.Text.Contains("\"received\":") && !frame.Text.Contains(ClientMessage.Id);
            if (frame.Opcode != ServerFrame.PingOpcode && !isAckInTime && !frame.Text.Contains("\"state:token\"")) return frame;
        }
    }
}
