using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling.Recovery;

/// <summary>A server with invalid answers: the request fails at once, without the clock moving.</summary>
public class BadAnswerTests : ScriptedServerTest
{
    private const int Limit = 64 * 1024;

    private static readonly string s_deep = new string('[', 70) + new string(']', 70);

    public static TheoryData<string, string> Broken => new()
    {
        {
            "\"success\":false,\"error\":{\"code\":\"denied\",\"message\":\"no\"}",
            "error.code: must be UPPER_SNAKE_CASE, 1 to 63 characters"
        },
        { "\"data\":1", "success: is missing" },
        { $"\"success\":true,\"data\":{s_deep}", "message: must not be nested deeper than 64 levels" },
        { "\"success\":true,\"data\":1,\"error\":{\"code\":\"A\",\"message\":\"m\"}", "error: must be absent when success is true" },
        { "\"success\":true,\"data\":1,\"metadata\":7", "metadata: must be an object" },
        { "\"success\":true,\"data\":1,\"peer\":true", "peer: messages are not passed on to other clients here" },
        { "\"success\":true,\"data\":1,\"version\":\"2.0.0\"", "version: 2.0.0 is not supported, only 1.x is" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Answer_ThatBreaksARule_FailsItsRequestAtOnce(string fields, string violation)
    {
        var connection = await ConnectAsync();
        var request = Client.Request<int>("a:b", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        var id = (await connection.ReadAsync()).GetProperty("requestId").GetString();

        await connection.SendMessageAsync($"\"type\":\"response\",\"requestId\":\"{id}\",{fields}");

        var failure = await FailureOf(request);
        Assert.Equal(ErrorCodes.ProtocolInvalidMessage, failure.Code);
        Assert.Equal(
            [violation], ((JsonElement)failure.Details!).GetProperty("violations").EnumerateArray().Select(one => one.GetString()));
        // In addition to the error message.
        Assert.Equal("error", (await connection.ReadAsync()).GetProperty("type").GetString());
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(16 * Limit)]
    public async Task Answer_TooLargeToBeRead_FailsItsRequestAndNothingElse(int size)
    {
        var connection = await ConnectAsync(configure: options => options.MaxMessageSize = Limit);
        var request = Client.Request<string>("a:b");
        var first = await connection.ReadAsync();
        var other = Client.Request<int>("c:d");
        var second = await connection.ReadAsync();

        await connection.SendAsync(Answer(first, size));

        var failure = await FailureOf(request);
        Assert.Equal(ErrorCodes.RequestPayloadTooLarge, failure.Code);
        Assert.Equal($$"""{"size":{{size}},"limit":{{Limit}}}""", ((JsonElement)failure.Details!).GetRawText());
        // After the acknowledgement of this many bytes.
        var told = await connection.ReadAsync();
        if (told.GetProperty("type").GetString() == "ack") told = await connection.ReadAsync();
        Assert.Equal(ErrorCodes.RequestPayloadTooLarge, told.GetProperty("error").GetProperty("code").GetString());
        await connection.AnswerAsync(second, "5");
        Assert.Equal(5, await other.InTime());
        Assert.Equal(["starling:connected"], Happened);
    }

    [Fact]
    public async Task Answer_FarTooLarge_FailsItsRequestAndClosesWith1009Once()
    {
        var connection = await ConnectAsync(configure: options => options.MaxMessageSize = Limit);
        var request = Client.Request<string>("a:b");
        var first = await connection.ReadAsync();

        var sending = connection.SendAsync(Answer(first, (16 * Limit) + 1));

        Assert.Equal(ErrorCodes.RequestPayloadTooLarge, (await FailureOf(request)).Code);
        Assert.Equal(1009, await connection.EndAsync());
        await sending;
        // It is counted, so it is not sent again forever.
        Assert.Equal("1", (await AcceptNextAsync()).Parameter("received"));
    }

    [Fact]
    public async Task Answer_TooLargeWithItsIdTooLate_IsCountedAndLeavesOthersAlone()
    {
        var connection = await ConnectAsync(configure: options => options.MaxMessageSize = Limit);
        var request = Client.Request<int>("a:b");
        var first = await connection.ReadAsync();

        await connection.SendAsync(
            $$"""{"data":"{{new string('x', Limit)}}","requestId":"{{first.GetProperty("requestId").GetString()}}"}""");

        Assert.Equal(
            ErrorCodes.RequestPayloadTooLarge, (await connection.ReadAsync()).GetProperty("error").GetProperty("code").GetString());
        await connection.AnswerAsync(first, "5");
        Assert.Equal(5, await request.InTime());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_ItemOfNoUse_FailsBehindTheItemsBefore(bool isTooLarge)
    {
        var connection = await ConnectAsync(configure: options => options.MaxMessageSize = Limit);
        var request = Client.Request<object>("a:b");
        var read = new List<int>();
        var reading = ReadAsync();
        var id = (await connection.ReadAsync()).GetProperty("requestId").GetString();

        await connection.SendMessageAsync(Item(id, "1"));
        await connection.SendMessageAsync(Item(id, isTooLarge ? $"\"{new string('x', Limit)}\"" : s_deep));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => reading.InTime());
        Assert.Equal(isTooLarge ? ErrorCodes.RequestPayloadTooLarge : ErrorCodes.ProtocolInvalidMessage, failure.Code);
        Assert.Equal([1], read);

        async Task ReadAsync()
        {
            await foreach (var item in request.Stream<int>()) read.Add(item);
        }
    }

    private static string Item(string? id, string data) =>
        $"\"type\":\"notification\",\"requestId\":\"{id}\",\"notification\":{{\"topic\":\"stream:item\",\"data\":{data}}}";

    private static string Answer(JsonElement request, int size)
    {
        var id = request.GetProperty("requestId").GetString();
        var head = "{\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":1000,\"type\":\"response\",\"requestId\":\"" +
            id + "\",\"success\":true,\"data\":\"";
        return head + new string('x', size - head.Length - 2) + "\"}";
    }

    private static async Task<HeliosException> FailureOf<T>(StarlingRequest<T> request) =>
        await Assert.ThrowsAsync<HeliosException>(() => request.Answer.InTime());
}
