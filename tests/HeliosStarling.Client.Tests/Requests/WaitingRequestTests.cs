using HeliosStarling.Protocol;
using HeliosStarling.Recovery;

namespace HeliosStarling.Requests;

/// <summary>Requests that wait in the client: cancellation, time limits, reconnects, bounds.</summary>
public class WaitingRequestTests : ScriptedServerTest
{
    [Fact]
    public async Task Waiting_Cancelled_IsNeverSent()
    {
        var connection = await ConnectAsync(maxRequests: 1);
        using var stop = new CancellationTokenSource();
        var first = Client.Request<int>("a:first");
        var second = Client.Request<int>("a:second", cancellationToken: stop.Token);
        var third = Client.Request<int>("a:third");
        var asked = await connection.ReadAsync();
        await connection.ExpectNothingAsync();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.InTime());
        await connection.AnswerAsync(asked, "1");

        Assert.Equal(1, await first.InTime());
        asked = await connection.ReadAsync();
        Assert.Equal("a:third", asked.GetProperty("method").GetString());
        await connection.AnswerAsync(asked, "3");
        Assert.Equal(3, await third.InTime());
    }

    [Fact]
    public async Task Waiting_TimeIsOver_FailsAndIsNeverSent()
    {
        var connection = await ConnectAsync(maxRequests: 1);
        var first = Client.Request<int>("a:first", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        var second = Client.Request<int>("a:second", options: new RequestOptions { Timeout = TimeSpan.FromSeconds(5) });
        var asked = await connection.ReadAsync();

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ErrorCodes.RequestTimeout, (await Assert.ThrowsAsync<HeliosException>(() => second.InTime())).Code);
        await connection.AnswerAsync(asked, "1");
        Assert.Equal(1, await first.InTime());
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task Sent_TimeIsOver_KeepsItsPlaceUntilTheServerAnswers()
    {
        var connection = await ConnectAsync(maxRequests: 1);
        var first = Client.Request<int>("a:first", options: new RequestOptions { Timeout = TimeSpan.FromSeconds(5) });
        var second = Client.Request<int>("a:second", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        var asked = await connection.ReadAsync();

        Time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<HeliosException>(() => first.InTime());
        // The cancellation is sent before the second request.
        var cancel = await connection.ReadAsync();
        Assert.Equal("system:cancel", cancel.GetProperty("notification").GetProperty("topic").GetString());
        await connection.ExpectNothingAsync();
        await connection.AnswerAsync(asked, "1");
        await connection.AnswerAsync(await connection.ReadAsync(), "2");
        Assert.Equal(2, await second.InTime());
    }

    [Fact]
    public async Task Bytes_BeyondWhatTheServerTakes_Wait()
    {
        var connection = await ConnectAsync(more: ",\"limits\":{\"maxRequestBytes\":1000}");
        var first = Client.Request<int>("a:first", new string('x', 500));
        var second = Client.Request<int>("a:second", new string('x', 500));
        var asked = await connection.ReadAsync();
        await connection.ExpectNothingAsync();

        await connection.AnswerAsync(asked, "1");

        await connection.AnswerAsync(await connection.ReadAsync(), "2");
        Assert.Equal((1, 2), (await first.InTime(), await second.InTime()));
    }

    [Fact]
    public async Task Bytes_OfOneRequestBeyondAll_AreSentAlone()
    {
        var connection = await ConnectAsync(more: ",\"limits\":{\"maxRequestBytes\":10}");
        var only = Client.Request<int>("a:first", new string('x', 500));

        await connection.AnswerAsync(await connection.ReadAsync(), "1");

        Assert.Equal(1, await only.InTime());
    }

    [Fact]
    public async Task Waiting_MoreThanMayWait_FailsWithLimitAndOption()
    {
        var connection = await ConnectAsync(maxRequests: 1, configure: options => options.MessageBufferSize = 64);
        var requests = Enumerable.Range(0, 66).Select(number => Client.Request<int>("a:b", number)).ToArray();

        var failure = await Assert.ThrowsAsync<HeliosException>(() => requests[65].InTime());

        Assert.Equal(ErrorCodes.RequestQueueFull, failure.Code);
        Assert.Contains("64 messages (MessageBufferSize)", failure.Message, StringComparison.Ordinal);
        for (var number = 0; number < 65; number++) await AnswerNextAsync(connection, number);
        for (var number = 0; number < 65; number++) Assert.Equal(number, await requests[number].InTime());
    }

    [Fact]
    public async Task Notification_BehindWaitingRequests_WaitsForRoomWithoutLoss()
    {
        var connection = await ConnectAsync(maxRequests: 1, configure: options => options.MessageBufferSize = 64);
        var requests = Enumerable.Range(0, 65).Select(number => Client.Request<int>("a:b", number)).ToArray();

        var waits = Client.NotifyAsync("n:last", 7).AsTask();

        Assert.False(waits.IsCompleted);
        for (var number = 0; number < 65; number++) await AnswerNextAsync(connection, number);
        Assert.Equal(SendResult.Queued, await waits.InTime());
        Assert.Equal("7", await NextMessageAsync(connection));
        await Task.WhenAll(requests.Select(request => request.Answer)).InTime();
    }

    [Fact]
    public async Task Waiting_SameEpoch_GoesOnWhereItWas()
    {
        var connection = await ConnectAsync(maxRequests: 1);
        var first = Client.Request<int>("a:first");
        var second = Client.Request<int>("a:second");
        var asked = await connection.ReadAsync();
        var next = await ReturnAsync(connection);
        await next.WelcomeAsync(topic: "recovered", received: 1, more: Limits(1));

        await next.ExpectNothingAsync();
        await next.AnswerAsync(asked, "1");

        await next.AnswerAsync(await next.ReadAsync(), "2");
        Assert.Equal((1, 2), (await first.InTime(), await second.InTime()));
    }

    [Fact]
    public async Task Waiting_NewEpoch_IsSentAndSentRequestsFail()
    {
        var connection = await ConnectAsync(maxRequests: 1);
        var first = Client.Request<int>("a:first");
        var second = Client.Request<int>("a:second");
        await connection.ReadAsync();
        var next = await ReturnAsync(connection);
        await next.WelcomeAsync(epoch: "e2", topic: "recovered", more: Limits(1));

        await next.AnswerAsync(await next.ReadAsync(), "2");

        Assert.Equal(ErrorCodes.StateRecoveryFailed, (await Assert.ThrowsAsync<HeliosException>(() => first.InTime())).Code);
        Assert.Equal(2, await second.InTime());
    }

    [Fact]
    public async Task BadAnswer_OfARequest_MakesRoomForTheNext()
    {
        var connection = await ConnectAsync(maxRequests: 1);
        var first = Client.Request<int>("a:first");
        var second = Client.Request<int>("a:second");
        var asked = await connection.ReadAsync();

        await connection.SendMessageAsync($"\"type\":\"response\",\"requestId\":\"{asked.GetProperty("requestId").GetString()}\"");

        await Assert.ThrowsAsync<HeliosException>(() => first.InTime());
        // In addition to the error message.
        var next = await connection.ReadAsync();
        if (next.GetProperty("type").GetString() == "error") next = await connection.ReadAsync();
        await connection.AnswerAsync(next, "2");
        Assert.Equal(2, await second.InTime());
    }

    private static string Limits(int maxRequests) => $",\"limits\":{{\"maxRequests\":{maxRequests}}}";

    private Task<ScriptedConnection> ConnectAsync(int maxRequests, Action<StarlingClientOptions>? configure = null) =>
        ConnectAsync(Limits(maxRequests), configure);

    private async Task<ScriptedConnection> ConnectAsync(string more, Action<StarlingClientOptions>? configure = null)
    {
        var connecting = StartAsync(configure: configure);
        var connection = await Server.AcceptAsync();
        await connection.WelcomeAsync(more: more);
        await connecting.InTime();
        return connection;
    }

    private static async Task AnswerNextAsync(ScriptedConnection connection, int number)
    {
        var asked = await connection.ReadAsync();
        while (asked.GetProperty("type").GetString() == "ack") asked = await connection.ReadAsync();
        Assert.Equal(number, asked.GetProperty("payload").GetInt32());
        await connection.AckAsync(number + 1);
        await connection.AnswerAsync(asked, $"{number}");
    }

    private static async Task<string> NextMessageAsync(ScriptedConnection connection)
    {
        var next = await connection.NextAsync();
        while (next.StartsWith("ack", StringComparison.Ordinal)) next = await connection.NextAsync();
        return next;
    }
}
