using System.Text.Json;

namespace HeliosStarling.Recovery;

/// <summary>Tickets that end while the client is connected.</summary>
public sealed class TicketRenewalTests : ScriptedServerTest
{
    private readonly List<AccessTokenRequest> _asked = [];
    private readonly CollectedLogs _logs = new();
    private readonly List<UnconfirmedMessage> _unconfirmed = [];

    [Fact]
    public async Task Connected_WhenTwoThirdsOfTheTicketAreOver_RenewsWithAFreshOne()
    {
        var connection = await ConnectWithTicketAsync(30);
        await Time.ForTimerAsync(TimeSpan.FromSeconds(20));
        Time.Advance(TimeSpan.FromSeconds(19));
        await connection.ExpectNothingAsync();
        Assert.Single(_asked);

        Time.Advance(TimeSpan.FromSeconds(1));
        var renewal = await ReadRenewalAsync(connection);

        Assert.Equal("ticket-2", renewal.GetProperty("payload").GetProperty("ticket").GetString());
        Assert.Equal((true, true), (_asked[1].IsRenewal, _asked[1].NeedsFresh));
    }

    [Fact]
    public async Task Renewed_GoesOnByTheNewExpiry()
    {
        var connection = await ConnectWithTicketAsync(30);
        await connection.AnswerAsync(await NextRenewalAsync(connection), """{"ticketExpiresIn":60}""");

        await connection.AnswerAsync(await NextRenewalAsync(connection, 40), "{}");

        Assert.Equal([false, true, true], _asked.Select(asked => asked.IsRenewal));
        Assert.DoesNotContain(_logs.All, text => text.Contains("ticket-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NotRenewed_IsLoggedOnce_AndTriedAgain()
    {
        var connection = await ConnectWithTicketAsync(270);
        await RefuseAsync(connection, await NextRenewalAsync(connection, 180));
        await RefuseAsync(connection, await NextRenewalAsync(connection, 60));

        await connection.AnswerAsync(await NextRenewalAsync(connection, 20), """{"ticketExpiresIn":60}""");

        Assert.Contains("not valid", Assert.Single(_logs.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotRenewed_ConnectionIsClosed_ComesBackWithAnotherTicket()
    {
        var first = await ConnectWithTicketAsync(30);
        await RefuseAsync(first, await NextRenewalAsync(first));

        await first.CloseAsync(1008, "AUTH_EXPIRED");
        var second = await AcceptNextAsync();

        Assert.Equal("AUTH_EXPIRED", _asked[^1].Refusal?.Code);
        Assert.Equal($"Bearer ticket-{_asked.Count}", second.Authorization);
    }

    [Fact]
    public async Task ConnectionLost_TheNextOneRenewsByItsOwnTicket()
    {
        var first = await ConnectWithTicketAsync(30);
        var second = await ReturnAsync(first);
        await second.WelcomeAsync(topic: "recovered");
        await second.ExpectNothingAsync();

        Time.Advance(TimeSpan.FromMinutes(10));

        await second.ExpectNothingAsync();
        Assert.DoesNotContain(_asked, asked => asked.IsRenewal);
    }

    [Fact]
    public async Task WithoutProvider_NothingIsRenewed()
    {
        var connecting = StartAsync();
        var connection = await Server.AcceptAsync();
        await connection.WelcomeAsync(more: ",\"ticketExpiresIn\":30");
        await connecting.InTime();

        Time.Advance(TimeSpan.FromSeconds(29));

        await connection.ExpectNothingAsync();
    }

    // Applications may log the failure.
    [Fact]
    public async Task Unconfirmed_RenewalIsNotAmongTheMessages()
    {
        var first = await ConnectWithTicketAsync(30);
        await NextRenewalAsync(first);
        await Client.NotifyAsync("a:b", 1);
        await first.ReadAsync();
        var second = await ReturnAsync(first);

        await second.WelcomeAsync(epoch: "e2", topic: "recovered");

        await Eventually.TrueAsync(() => _unconfirmed.Count > 0);
        Assert.Contains("a:b", System.Text.Encoding.UTF8.GetString(Assert.Single(_unconfirmed).Data.Span), StringComparison.Ordinal);
    }

    private async Task<ScriptedConnection> ConnectWithTicketAsync(int seconds)
    {
        var connecting = StartAsync(
            client => client.Events.On<ClientUnconfirmed>("starling:unconfirmed", told => _unconfirmed.AddRange(told.Messages)), options =>
            {
                options.LoggerFactory = _logs;
                options.RequestTimeout = TimeSpan.FromHours(1);
                options.AccessTokenProvider = (request, _) =>
                {
                    lock (_asked) _asked.Add(request);
                    return new($"ticket-{_asked.Count}");
                };
            });
        var connection = await Server.AcceptAsync();
        await connection.WelcomeAsync(more: $",\"ticketExpiresIn\":{seconds}");
        await connecting.InTime();
        return connection;
    }

    /// <param name="seconds">When the renewal is due: after two thirds of the ticket's remaining time.</param>
    private async Task<JsonElement> NextRenewalAsync(ScriptedConnection connection, double seconds = 20)
    {
        await Time.ForTimerAsync(TimeSpan.FromSeconds(seconds));
        Time.Advance(TimeSpan.FromSeconds(seconds));
        return await ReadRenewalAsync(connection);
    }

    private static async Task<JsonElement> ReadRenewalAsync(ScriptedConnection connection)
    {
        while (true)
        {
            var message = await connection.ReadAsync();
            if (message.TryGetProperty("method", out var method) && method.GetString() == "system:renew") return message;
        }
    }

    private static Task RefuseAsync(ScriptedConnection connection, JsonElement request) => connection.SendMessageAsync($$"""
        "type":"response","requestId":"{{request.GetProperty("requestId").GetString()}}","success":false,"error":{"code":"AUTH_INVALID_TOKEN","message":"The ticket is not valid for this connection."}
        """);
}
