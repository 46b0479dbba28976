namespace HeliosStarling;

/// <summary>Streamed answers with <c>client.Stream</c>.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task Stream_Items_ComeInOrder_AndAgainWithEachEnumeration()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("count:to", (int last, RequestContext _) => Enumerable.Range(1, last).ToAsyncEnumerable()));
        await using var client = await server.ConnectAsync();

        var items = client.Stream<int>("count:to", 3);

        Assert.Equal([1, 2, 3], await items.ToListAsync().AsTask().InTime());
        Assert.Equal([1, 2, 3], await items.ToListAsync().AsTask().InTime());
    }

    [Fact]
    public async Task Stream_Fails_TheEnumerationThrows()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();

        Assert.Equal(
            "METHOD_NOT_FOUND",
            (await Assert.ThrowsAsync<HeliosException>(() => client.Stream<int>("no:such").ToListAsync().AsTask().InTime())).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_OfAMethodThatDoesNotStream_TheEnumerationThrows(bool isLate)
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("count:all", (int last) => last));
        await using var client = await server.ConnectAsync();

        var request = client.Request<int>("count:all", 3);
        if (isLate) await request;
        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.Stream<int>().ToListAsync().AsTask().InTime());

        Assert.Equal(("RESPONSE_UNREADABLE", "'count:all' answered with a value instead of a stream. Read it with Request<T>() instead of Stream<T>()."), (failure.Code, failure.Message));
        Assert.Equal(3, await request);
    }

    [Fact]
    public async Task Request_OfAMethodThatStreams_Throws()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("count:to", (int last, RequestContext _) => CountAsync(last, goOn.Task)));
        await using var client = await server.ConnectAsync();

        // Awaited before the first item comes.
        var answer = client.Request<string?>("count:to", 3).Answer;
        goOn.SetResult();
        var failure = await Assert.ThrowsAsync<HeliosException>(() => answer.InTime());

        Assert.Equal(("RESPONSE_UNREADABLE", "'count:to' streams its answer. Read it with Stream<T>() instead of Request<T>()."), (failure.Code, failure.Message));

        static async IAsyncEnumerable<int> CountAsync(int last, Task begin)
        {
            await begin;
            for (var number = 1; number <= last; number++) yield return number;
        }
    }

    [Fact]
    public async Task Request_OfAMethodThatStreams_ItemsReadOrNoAnswerAskedFor_Succeeds()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("count:to", (int last, RequestContext _) => Enumerable.Range(1, last).ToAsyncEnumerable()));
        await using var client = await server.ConnectAsync();
        var items = new List<int>();

        var streamed = client.Request<string?>("count:to", 3);
        Assert.Equal([1, 2, 3], await streamed.Stream<int>().ToListAsync().AsTask().InTime());
        var listened = client.Request<string?>("count:to", 3);
        listened.OnNotification<int>("stream:*", items.Add);

        Assert.Null(await streamed.InTime());
        Assert.Null(await listened.InTime());
        Assert.Equal([1, 2, 3], items);
        await client.Request("count:to", 3);
    }

    [Fact]
    public async Task Stream_WithoutItems_IsEmpty()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("count:none", (RequestContext _) => AsyncEnumerable.Empty<int>()));
        await using var client = await server.ConnectAsync();

        Assert.Empty(await client.Stream<int>("count:none").ToListAsync().AsTask().InTime());
    }

    [Fact]
    public async Task Stream_LeftEarly_CancelsTheRequest()
    {
        var ended = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("count:forever", (int _, RequestContext context) => CountAsync(context, ended)));
        await using var client = await server.ConnectAsync();

        await foreach (var _ in client.Stream<int>("count:forever", 1)) break;

        await ended.Task.InTime();
    }

    private static async IAsyncEnumerable<int> CountAsync(RequestContext context, TaskCompletionSource ended)
    {
        try
        {
            for (var number = 0; !context.CancellationToken.IsCancellationRequested; number++)
            {
                yield return number;
                await Task.Yield();
            }
        }
        finally
        {
            ended.SetResult();
        }
    }
}
