using System.Text;
using HeliosStarling.Framing;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>Messages up to, over and far over MaxMessageSize.</summary>
public abstract partial class WireContract
{
    private const int Limit = 1024 * 1024;
    private const string TooLarge = "The message is larger than this side takes";

    [Fact]
    public async Task Message_OfExactlyTheLimit_IsEchoed()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();
        var text = PaddedRequest(Limit);
        var payload = text[(text.IndexOf("\"payload\":", StringComparison.Ordinal) + 10)..^1];

        await client.SendTextAsync(text);

        await client.ExpectSuccessAsync(payload);
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(5 * Limit)]
    public async Task Message_OverTheLimitWithRequestId_IsAnsweredToTheRequest(int size)
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(PaddedRequest(size));

        await client.ExpectFailureAsync("REQUEST_PAYLOAD_TOO_LARGE", TooLarge, $$"""{"size":{{size}},"limit":{{Limit}}}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Message_OverTheLimitInFragments_IsAnsweredToTheRequest()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Fragments(0x1, Encoding.UTF8.GetBytes(PaddedRequest(5 * Limit)), 100_000));

        await client.ExpectFailureAsync("REQUEST_PAYLOAD_TOO_LARGE", TooLarge, $$"""{"size":{{5 * Limit}},"limit":{{Limit}}}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Message_OverTheLimitWithRequestIdTooLate_GetsErrorMessage()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync($$"""{"payload":"{{new string('x', 5 * Limit)}}",{{Request("echo:echo")[1..]}}""");

        var size = 5 * Limit + Request("echo:echo").Length + "\"payload\":\"\",".Length;
        await client.ExpectErrorAsync("REQUEST_PAYLOAD_TOO_LARGE", TooLarge, $$"""{"size":{{size}},"limit":{{Limit}}}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Binary_OverTheLimit_GetsErrorMessage()
    {
        await using var server = await StartAsync(helios => helios.OnBinary(_ => Assert.Fail("It is too large.")));
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Binary(new byte[5 * Limit]));

        await client.ExpectErrorAsync("REQUEST_PAYLOAD_TOO_LARGE", TooLarge, $$"""{"size":{{5 * Limit}},"limit":{{Limit}}}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Message_OverTheLimit_LeavesOtherRequestsInFlight()
    {
        var gate = Signal();
        await using var server = await StartAsync(helios =>
        {
            Echo(helios);
            helios.Method("wait:gate", async (RequestContext _) =>
            {
                await gate.Task;
                return "still here";
            });
        });
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("wait:gate", id: IdOf(1)));

        await client.SendTextAsync(PaddedRequest(5 * Limit));

        await client.ExpectFailureAsync("REQUEST_PAYLOAD_TOO_LARGE", TooLarge, $$"""{"size":{{5 * Limit}},"limit":{{Limit}}}""");
        gate.SetResult();
        await client.ExpectSuccessAsync("\"still here\"", IdOf(1));
    }

    [Fact]
    public async Task Message_Of16TimesTheLimit_IsReadPast()
    {
        await using var server = await StartAsync(Echo, options => options.MaxMessageSize = 1024);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(PaddedRequest(16 * 1024));

        await client.ExpectFailureAsync("REQUEST_PAYLOAD_TOO_LARGE", TooLarge, """{"size":16384,"limit":1024}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Message_Over16TimesTheLimit_ClosesFromItsHeaderAlone()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        var frame = ClientFrame.Text("") with { ClaimedLength = 16 * Limit + 1 };

        await client.SendAsync(frame);

        await client.ExpectCloseAsync(1009, "Message is too large");
    }

    [Fact]
    public async Task Fragments_ThatAddUpToOver16Times_Close()
    {
        await using var server = await StartAsync(configure: options => options.MaxMessageSize = 1024);
        await using var client = await server.ConnectAsync();

        await client.SendAsync(
            ClientFrame.Binary(new byte[16 * 1024]) with { Fin = false },
            ClientFrame.Continuation() with { ClaimedLength = 1 });

        await client.ExpectCloseAsync(1009, "Message is too large");
    }

    [Fact]
    public async Task Emoji_InPayload_IsEchoed()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("echo:echo", "\"👩‍🚀 ✨ \\ud83d\\ude80 grüße\""));

        await client.ExpectTextAsync("👩‍🚀 ✨ 🚀 grüße");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Message_InFragmentsOfOneByte_IsAnswered()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Fragments(0x1, Encoding.UTF8.GetBytes(Request("echo:echo", "\"👩‍🚀\"")), 1));

        await client.ExpectTextAsync("👩‍🚀");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Message_InPacketsOfOneByte_IsAnswered()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        foreach (var one in ClientFrame.Text(Request("echo:echo", "\"👩‍🚀\"")).ToBytes()) await client.SendBytesAsync(new[] { one });

        await client.ExpectTextAsync("👩‍🚀");
        await client.ExpectAliveAsync();
    }

    /// <summary>A call of echo:echo whose message has exactly that many bytes.</summary>
    private static string PaddedRequest(int size)
    {
        var shortest = Request("echo:echo", "\"\"").Length;
        return Request("echo:echo", $"\"{new string('x', size - shortest)}\"");
    }
}
