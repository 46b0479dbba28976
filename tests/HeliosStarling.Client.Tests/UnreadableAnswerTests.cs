using System.Runtime.CompilerServices;
using HeliosStarling.Protocol;

namespace HeliosStarling;

public class UnreadableAnswerTests
{
    [Fact]
    public async Task Request_AnswerOfAnotherType_IsResponseUnreadable()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("text:get", (RequestContext _) => "text"));
        await using var client = await server.ConnectAsync();

        var failure = await Assert.ThrowsAsync<HeliosException>(() => client.Request<int>("text:get").InTime());

        Assert.Equal(ErrorCodes.ResponseUnreadable, failure.Code);
        Assert.StartsWith("The answer to 'text:get' cannot be read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfServerAnsweredWithAnotherType_IsResponseUnreadable()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client => client.Method("text:get", (int _) => "text"));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.Starling.Request<int>("text:get", 1).InTime());

        Assert.Equal(ErrorCodes.ResponseUnreadable, failure.Code);
    }

    [Fact]
    public async Task Request_UnreadableAnswerNobodyAwaits_IsNoUnobservedException()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("text:get", (RequestContext _) => "text"));
        await using var client = await server.ConnectAsync();
        var unobserved = new List<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs happened)
        {
            lock (unobserved) unobserved.Add(happened.Exception.ToString());
        }
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            AskAndForget(client);
            // Answers arrive in order, so the ignored one has arrived by now.
            Assert.Equal("text", await client.Request<string>("text:get").InTime());
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        lock (unobserved) Assert.DoesNotContain(unobserved, text => text.Contains("text:get", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_ItemThatCannotBeRead_ThrowsBehindTheItemsBeforeAndCancels()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(helios => helios.Method("numbers:mixed", async (RequestContext context) =>
        {
            context.CancellationToken.Register(cancelled.SetResult);
            foreach (var item in new object?[] { 1, 2, "three", 4, null, 6 }) await context.NotifyAsync("stream:item", item);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }));
        await using var client = await server.ConnectAsync();

        var (read, failure) = await ReadAllAsync<int>(client, "numbers:mixed").InTime();

        Assert.Equal([1, 2], read);
        Assert.Equal(ErrorCodes.ResponseUnreadable, failure?.Code);
        await cancelled.Task.InTime();
    }

    [Fact]
    public async Task Stream_NullForAValueType_Throws()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("numbers:gaps", (RequestContext _) => Items<int?>(4, null, 6)));
        await using var client = await server.ConnectAsync();

        var (read, failure) = await ReadAllAsync<int>(client, "numbers:gaps").InTime();

        Assert.Equal([4], read);
        Assert.Equal(ErrorCodes.ResponseUnreadable, failure?.Code);
    }

    [Fact]
    public async Task Stream_NullForATypeThatHasIt_IsAnItem()
    {
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.Method("numbers:gaps", (RequestContext _) => Items<int?>(4, null, 6));
            helios.Method("texts:gaps", (RequestContext _) => Items("a", null, "b"));
        });
        await using var client = await server.ConnectAsync();

        var (numbers, failure) = await ReadAllAsync<int?>(client, "numbers:gaps").InTime();
        var (texts, other) = await ReadAllAsync<string?>(client, "texts:gaps").InTime();

        Assert.Equal([4, null, 6], numbers);
        Assert.Equal(["a", null, "b"], texts);
        Assert.Null(failure ?? other);
    }

    [Fact]
    public async Task Stream_OfServerWithAnItemThatCannotBeRead_Throws()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client => client.Method("texts:some", (int _) => Items("a", "b")));

        var failure = await Assert.ThrowsAsync<HeliosException>(async () =>
        {
            await foreach (var _ in server.Starling.Request<object>("texts:some", 1).Stream<int>()) Assert.Fail("There is no number.");
        }).InTime();

        Assert.Equal(ErrorCodes.ResponseUnreadable, failure.Code);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AskAndForget(StarlingClient client) => _ = client.Request<int>("text:get").Answer;

    private static async IAsyncEnumerable<T> Items<T>(params T[] items)
    {
        await Task.Yield();
        foreach (var item in items) yield return item;
    }

    private static async Task<(List<T> Read, HeliosException? Failure)> ReadAllAsync<T>(StarlingClient client, string method)
    {
        var read = new List<T>();
        try
        {
            await foreach (var item in client.Request<object>(method).Stream<T>()) read.Add(item);
        }
        catch (HeliosException failure)
        {
            return (read, failure);
        }
        return (read, null);
    }
}
