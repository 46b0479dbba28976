using System.Text.Json;
using HeliosStarling.Protocol;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>Clients with invalid answers: the server's request fails at once, without the clock moving.</summary>
public abstract partial class WireContract
{
    [Theory]
    [InlineData(
        "\"success\":false,\"error\":{\"code\":\"denied\",\"message\":\"no\"}", "error.code: must be UPPER_SNAKE_CASE, 1 to 63 characters")]
    [InlineData("\"data\":1", "success: is missing")]
    [InlineData("\"success\":true,\"peer\":true", "peer: messages are not passed on to other clients here")]
    public async Task AnswerOfClient_ThatBreaksARule_FailsItsRequestAtOnce(string fields, string violation)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
        var request = Assert.Single(server.Helios.Starlings.Filter(_ => true))
            .Request<int>("ui:ask", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        var id = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("requestId").GetString();

        await client.SendTextAsync(Of($"\"type\":\"response\",\"requestId\":\"{id}\",{fields}"));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());
        Assert.Equal(ErrorCodes.ProtocolInvalidMessage, failure.Code);
        Assert.Equal(violation, Assert.Single(((JsonElement)failure.Details!).GetProperty("violations").EnumerateArray()).GetString());
        // In addition to the error message.
        Assert.Equal("error", JsonElement.Parse(await client.ReadTextAsync()).GetProperty("type").GetString());
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(2 * Limit)]
    public async Task AnswerOfClient_TooLargeToBeRead_FailsItsRequestAtOnce(int size)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
        var request = Assert.Single(server.Helios.Starlings.Filter(_ => true))
            .Request<string>("ui:ask", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        var id = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("requestId").GetString();
        var head = Of($"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":\"\"");

        await client.SendTextAsync($"{head[..^2]}{new string('x', size - head.Length)}\"}}");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());
        Assert.Equal(ErrorCodes.RequestPayloadTooLarge, failure.Code);
        Assert.Equal($$"""{"size":{{size}},"limit":{{Limit}}}""", ((JsonElement)failure.Details!).GetRawText());
        await client.ExpectErrorAsync("REQUEST_PAYLOAD_TOO_LARGE", TooLarge, $$"""{"size":{{size}},"limit":{{Limit}}}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task AnswerOfClient_ThatBreaksARuleOverARateLimit_FailsItsRequestAtOnce()
    {
        await using var server = await StartAsync(
            configure: options => options.RateLimits.PerConnection = new RateLimit { Permits = 1, Window = TimeSpan.FromDays(1) });
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
        var request = Assert.Single(server.Helios.Starlings.Filter(_ => true))
            .Request<int>("ui:ask", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        var id = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("requestId").GetString();

        await client.SendTextAsync(Of($"\"type\":\"response\",\"requestId\":\"{id}\""));

        Assert.Equal(ErrorCodes.ProtocolInvalidMessage, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }
}
