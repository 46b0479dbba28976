using System.Runtime.CompilerServices;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>Streamed answers wait for room before an item is made, and leave memory for others.</summary>
public sealed class StreamLimitTests : RecoveryTest
{
    private const int Budget = 16 * 1024 * 1024;
    private const int ItemLength = 900_000;
    private const int Streams = 100;

    private int _begun;
    private int _made;
    private int _ended;

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        (options.MaxMessageSize, options.MessageBufferSize, options.MessageBufferBytes, options.MaxBufferedBytes) = (
            1024 * 1024, 1000, 8 * 1024 * 1024, Budget);
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.Method("items:ready", (RequestContext _) => ReadyItems());
        helios.Method("items:late", (RequestContext context) => LateItems(context.CancellationToken));
        helios.Method("length:of", (string text, RequestContext _) => text.Length);
        helios.Method("items:few", (string name, RequestContext _) => FewItems(name));
    }

    [Theory]
    [InlineData("items:ready")]
    [InlineData("items:late")]
    public async Task Streams_ReadByNobody_HoldAFewItemsAndLeaveRoomForOthers(string method)
    {
        await using var other = await Server.ConnectAsync();
        await using var silent = await Server.ConnectAsync();

        await StartAsync(silent, method);
        for (var i = 0; i < 10; i++)
        {
            await AssertServedAsync(other);
            Assert.InRange(Helios.Engine.Buffers.Rented, 0, Budget / 2);
        }

        // A ready source is not asked before there is room. The kernel's buffers are not limited by the server.
        if (method == "items:ready") Assert.InRange(Volatile.Read(ref _made), 1, Streams / 2);
    }

    [Fact]
    public async Task Streams_OfManySilentClients_StayWithinTheBudgetAndLeaveRoomForOthers()
    {
        await using var other = await Server.ConnectAsync();
        var silent = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Server.ConnectAsync()));

        foreach (var client in silent) await StartAsync(client, "items:ready", streams: 8);
        for (var i = 0; i < 10; i++)
        {
            await AssertServedAsync(other);
            Assert.InRange(Helios.Engine.Buffers.Rented, 0, Budget);
        }

        foreach (var client in silent) await client.DisposeAsync();
    }

    [Fact]
    public async Task Streams_ReaderIsBack_TakeTurns()
    {
        await using var client = await Server.ConnectAsync();

        for (var i = 0; i < 4; i++) await client.SendTextAsync(Request("items:few", $"\"{i}\"", IdOf(i)));

        var items = new List<char>();
        for (var ended = 0; ended < 4;)
        {
            var text = await client.ReadTextAsync();
            if (text.Contains("\"response\"", StringComparison.Ordinal)) ended++;
            else items.Add(text[text.IndexOf("\"data\":\"", StringComparison.Ordinal) + 8]);
        }
        Assert.Equal(Enumerable.Range(0, 4).Select(i => (char)('0' + i)), items.Distinct().Order());
        Assert.All(items.GroupBy(item => item), group => Assert.Equal(20, group.Count()));
    }

    [Fact]
    public async Task Stream_NoMemoryForAnItem_FailsWithACode()
    {
        await using var client = await Server.ConnectAsync();
        Helios.Engine.Buffers.Charge(Budget);

        await client.SendTextAsync(Request("items:ready"));

        await client.ExpectFailureAsync("REQUEST_QUEUE_FULL", "There is no memory for an item of this size now (MaxBufferedBytes)");
        await Eventually.TrueAsync(() => Volatile.Read(ref _ended) == 1);
        Helios.Engine.Buffers.Charge(-Budget);
    }

    [Fact]
    public async Task Streams_ClientLeavesForGoodWhileTheyWait_SourcesEnd()
    {
        await using (var client = await Server.ConnectAsync()) await StartAsync(client, "items:ready");

        await Eventually.TrueAsync(() => Volatile.Read(ref _ended) == Volatile.Read(ref _begun));
        await Eventually.TrueAsync(() => Helios.Engine.Buffers.Rented == 0);
    }

    private async Task StartAsync(WireClient client, string method, int streams = Streams)
    {
        var taken = TakenSoFar().Length;
        for (var i = 0; i < streams; i++) await client.SendTextAsync(Request(method, id: IdOf(i)));
        // After the requests: when this message is handled, the reader has started all of them.
        await client.SendTextAsync("started");
        await TakenAsync(taken + 1);
    }

    private static async Task AssertServedAsync(WireClient client)
    {
        await client.SendTextAsync(Request("length:of", $"\"{new string('x', 100_000)}\""));
        await client.ExpectSuccessAsync("100000");
    }

    private async IAsyncEnumerable<string> ReadyItems([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _begun);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                Interlocked.Increment(ref _made);
                yield return new string('x', ItemLength);
            }
            await Task.CompletedTask;
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private static async IAsyncEnumerable<string> LateItems([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Yield();
            yield return new string('x', ItemLength);
        }
    }

    private static async IAsyncEnumerable<string> FewItems(string name)
    {
        await Task.Yield();
        for (var i = 0; i < 20; i++) yield return name + new string('x', ItemLength);
    }
}
