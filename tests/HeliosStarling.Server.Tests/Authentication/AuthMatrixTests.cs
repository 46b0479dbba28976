using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Authentication;

/// <summary>Every place of a credential, with every kind of credential, at every place that requires one.</summary>
public sealed class AuthMatrixTests
{
    public enum Proof
    {
        Anonymous,
        Expired,
        WrongAudience,
        PolicyFailed,
        PolicyPassed,
    }

    // For each credential: the refusal of an endpoint, and of a method or topic.
    private static readonly Dictionary<Proof, (int Status, string? Code, string? Text)> s_worth = new()
    {
        [Proof.Anonymous] = (401, "AUTH_REQUIRED", "Nobody is signed in: send an access token or a cookie that is valid here."),
        [Proof.Expired] = (401, "AUTH_EXPIRED", "The authentication has expired: sign in again."),
        [Proof.WrongAudience] = (401, "AUTH_INVALID_TOKEN", "The access token or cookie is not valid here: it may be damaged, or issued by or for somebody else. The log of the server names the fault."),
        [Proof.PolicyFailed] = (403, "METHOD_NOT_ALLOWED", "The user may not connect here."),
        [Proof.PolicyPassed] = (101, null, null),
    };

    public static MatrixTheoryData<Place, Proof> Matrix { get; } = new(Enum.GetValues<Place>(), Enum.GetValues<Proof>());

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Endpoint_WithProof_LetsInWhomItsPolicyAllows(Place place, Proof proof)
    {
        await using var server = await AuthServer.StartAsync();
        var (status, code, text) = s_worth[proof];

        var upgrade = await server.AskAsync(Show(UpgradeRequest.Valid, place, proof));

        Assert.Equal(status, upgrade.Status);
        if (code is null) return;
        // A browser cannot see why an upgrade failed, so it can ask with a GET.
        var plain = await server.AskAsync(Show(UpgradeRequest.PlainGet, place, proof));
        foreach (var reply in new[] { upgrade, plain })
        {
            Assert.Equal(
                (status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{text}}}"}}""", "application/json"),
                (reply.Status, reply.Body, reply.Headers["Content-Type"]));
            Assert.DoesNotContain(reply.Headers.Keys, name => name is "Location" or "Set-Cookie");
            if (status == 401 && proof != Proof.Anonymous && place != Place.Cookie)
                Assert.StartsWith("Bearer error=\"invalid_token\"", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Method_WithProof_RunsForWhomItsPolicyAllows(Place place, Proof proof)
    {
        await using var server = await AuthServer.StartAsync(
            helios => helios.Method("staff:ask", (RequestContext _) => ValueTask.FromResult("yes")).RequireAuthorization(AuthServer.Staff));
        await using var client = await server.ConnectAsync(Show(new UpgradeRequest("/open"), place, proof));

        await client.SendTextAsync(Request("staff:ask"));

        switch (s_worth[proof].Status)
        {
            case 101:
                await client.ExpectSuccessAsync("\"yes\"");
                break;
            case 401:
                await client.ExpectFailureAsync("AUTH_REQUIRED", "Sign in to call 'staff:ask'.");
                break;
            default:
                await client.ExpectFailureAsync("METHOD_NOT_ALLOWED", "The user is not allowed to call 'staff:ask'.");
                break;
        }
        await client.ExpectAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Topic_WithProof_ReachesItsHandlerForWhomItsPolicyAllows(Place place, Proof proof)
    {
        await using var server = await AuthServer.StartAsync(helios => helios
            .On("staff:*", async (string data, TopicContext context) => await context.Starling.SendTextAsync($"handled {data}"))
            .RequireAuthorization(AuthServer.Staff));
        await using var client = await server.ConnectAsync(Show(new UpgradeRequest("/open"), place, proof));

        await client.SendTextAsync(Of("""
            "type":"notification","notification":{"topic":"staff:news","data":"it"}
            """));

        switch (s_worth[proof].Status)
        {
            case 101:
                Assert.Equal("handled it", await client.ReadTextAsync());
                break;
            case 401:
                await ExpectErrorAsync(client, "AUTH_REQUIRED", "Sign in to send on 'staff:news'.");
                break;
            default:
                await ExpectErrorAsync(client, "METHOD_NOT_ALLOWED", "The user is not allowed to send on 'staff:news'.");
                break;
        }
        await client.ExpectAliveAsync();
    }

    private static UpgradeRequest Show(UpgradeRequest request, Place place, Proof proof)
    {
        var ada = Credentials.Of("ada");
        return proof switch
        {
            Proof.Anonymous => request,
            Proof.Expired => (ada with { ExpiresAt = ServerSetup.Start.AddMinutes(-1) }).In(request, place),
            Proof.WrongAudience => (ada with { IsForUs = false }).In(request, place),
            Proof.PolicyFailed => Credentials.Of("ada", team: "visitors").In(request, place),
            _ => ada.In(request, place),
        };
    }

    private static Task ExpectErrorAsync(WireClient client, string code, string text) => client.ExpectAsync(
        $$"""
        "type":"error","error":{"severity":"application","code":"{{code}}","message":"{{text}}"}
        """);
}
