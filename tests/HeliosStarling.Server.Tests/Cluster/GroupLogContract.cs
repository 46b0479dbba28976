using System.Text;

namespace HeliosStarling.Cluster;

/// <summary>The contract of <see cref="IGroupLog"/>.</summary>
public abstract class GroupLogContract : ClusterContract
{
    private static readonly LogRetention s_long = new(100, TimeSpan.FromHours(1), 1024 * 1024);
    private static readonly LogRetention s_short = s_long with { Age = TimeSpan.FromSeconds(30) };

    private readonly Lazy<IGroupLog> _log;
    private int _ids;

    protected GroupLogContract() => _log = new(() => Cluster.AddNode().Logs);

    private IGroupLog Log => _log.Value;

    [Fact]
    public async Task Read_OfNoLog_BeginsOne_WithoutPreviousEpoch()
    {
        var state = (await ReadAsync()).State;

        Assert.NotEmpty(state.Epoch);
        Assert.Equal(state with { Previous = null, Since = 0, First = 1, Last = 0 }, state);
        Assert.Equal(state, (await ReadAsync()).State);
        Assert.NotEqual(state.Epoch, (await Log.ReadAsync(new GroupLogQuery("hall", s_long))).State.Epoch);
    }

    [Fact]
    public async Task Append_GivesOffsetsWithoutHoles_InTheEpochThatReadersSee()
    {
        var epoch = (await ReadAsync()).State.Epoch;

        for (var i = 1; i <= 5; i++)
            Assert.Equal(new AppendResult(AppendStatus.Appended, new LogPosition(epoch, i)), await AppendAsync($"{i}"));

        var slice = await ReadAsync();
        Assert.Equal((1, 5), (slice.State.First, slice.State.Last));
        Assert.Equal(["1 1", "2 2", "3 3", "4 4", "5 5"], Show(slice));
        Assert.All(slice.Messages, message => Assert.Equal(epoch, message.Epoch));
    }

    [Fact]
    public async Task Append_OfManyNodesAtOnce_EachHasAnOffsetOfItsOwn()
    {
        var nodes = Enumerable.Range(0, 4).Select(_ => Cluster.AddNode().Logs).ToArray();

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
            await nodes[i % 4].AppendAsync(new GroupAppend("room", AppendKey.Id($"{i}"), Encoding.UTF8.GetBytes($"{i}"), s_long)))));

        Assert.Equal(
            Enumerable.Range(1, 100).Select(static i => (long)i), results.Select(static result => result.Position!.Offset).Order());
        var read = (await ReadAsync()).Messages;
        Assert.All(results.Index(), result => Assert.Equal($"{result.Index}", Text(read[(int)result.Item.Position!.Offset - 1])));
    }

    [Fact]
    public async Task Append_Repeated_ReturnsItsFirstOffset_AndIsKeptAndPublishedOnce()
    {
        var heard = new Listener();
        await Log.SubscribeAsync("room", heard);
        var first = await AppendAsync("one", AppendKey.Id("id"));
        await AppendAsync("two");

        var repeated = await AppendAsync("one", AppendKey.Id("id"));

        Assert.Equal(first with { Status = AppendStatus.Repeated }, repeated);
        Assert.Equal(["1 one", "2 two"], Show(await ReadAsync()));
        await heard.ExpectAsync("1 one", "2 two");
    }

    [Fact]
    public async Task AppendId_IsKnownForTwoMinutes_EvenWhenTheMessageIsGone()
    {
        var brief = s_long with { Age = TimeSpan.FromSeconds(1) };
        var first = await AppendAsync("one", AppendKey.Id("id"), brief);
        await Cluster.PassAsync(TimeSpan.FromMinutes(2) - TimeSpan.FromSeconds(5));

        var repeated = await AppendAsync("one", AppendKey.Id("id"), brief);

        Assert.Equal(first with { Status = AppendStatus.Repeated }, repeated);
        Assert.Empty((await ReadAsync(retention: brief)).Messages);
    }

    [Fact]
    public async Task AppendId_OfOneLog_IsNotKnownToAnother()
    {
        await AppendAsync("one", AppendKey.Id("id"));

        var other = await Log.AppendAsync(new GroupAppend("hall", AppendKey.Id("id"), "one"u8.ToArray(), s_long));

        Assert.Equal(AppendStatus.Appended, other.Status);
    }

    [Fact]
    public async Task Source_ItsLastNumber_IsKnownAsLongAsTheLog()
    {
        var first = await AppendAsync("one", AppendKey.Source("orders", 7));
        await Cluster.PassAsync(TimeSpan.FromMinutes(30));

        Assert.Equal(first with { Status = AppendStatus.Repeated }, await AppendAsync("one", AppendKey.Source("orders", 7)));
        Assert.Equal(new AppendResult(AppendStatus.Superseded, null), await AppendAsync("old", AppendKey.Source("orders", 6)));
        Assert.Equal(2, (await AppendAsync("two", AppendKey.Source("orders", 8))).Position!.Offset);
        Assert.Equal(3, (await AppendAsync("three", AppendKey.Source("invoices", 8))).Position!.Offset);
        Assert.Equal(4, (await AppendAsync("four", AppendKey.Id("orders"))).Position!.Offset);
        Assert.Equal(["1 one", "2 two", "3 three", "4 four"], Show(await ReadAsync()));
    }

    [Fact]
    public async Task Bytes_AreCopied_AndDated()
    {
        var bytes = "one"u8.ToArray();
        await Log.AppendAsync(new GroupAppend("room", AppendKey.Id("id"), bytes, s_long));
        bytes.AsSpan().Clear();
        await Cluster.PassAsync(TimeSpan.FromSeconds(5));
        await AppendAsync("two");

        var messages = (await ReadAsync()).Messages;

        Assert.Equal("one", Text(messages[0]));
        Assert.True(messages[1].Timestamp - messages[0].Timestamp >= TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Read_AfterAPosition_AtMostTheLimit()
    {
        var epoch = await AppendManyAsync(6);

        Assert.Equal(["3 3", "4 4"], Show(await ReadAsync(new LogPosition(epoch, 2), limit: 2)));
        Assert.Empty((await ReadAsync(new LogPosition(epoch, 6))).Messages);
        Assert.Empty((await ReadAsync(limit: 0)).Messages);
        Assert.Equal(["5 5", "6 6"], Show(await ReadAsync(new LogPosition(epoch, 2), floor: new LogPosition(epoch, 4))));
        Assert.Equal(["5 5", "6 6"], Show(await ReadAsync(new LogPosition(epoch, 4), floor: new LogPosition(epoch, 2))));
    }

    [Fact]
    public async Task Read_NewestFirst()
    {
        var epoch = await AppendManyAsync(6);

        Assert.Equal(["6 6", "5 5"], Show(await Log.ReadAsync(new GroupLogQuery("room", s_long) { NewestFirst = true, Limit = 2 })));
        Assert.Equal(
            ["6 6", "5 5"],
            Show(await Log.ReadAsync(new GroupLogQuery("room", s_long) { NewestFirst = true, After = new LogPosition(epoch, 4) })));
    }

    [Fact]
    public async Task Read_AtMostTheBytes_ButOneMessageInAnyCase()
    {
        await AppendManyAsync(3, "0123456789");

        Assert.Equal(2, (await Log.ReadAsync(new GroupLogQuery("room", s_long) { MaxBytes = 29 })).Messages.Count);
        Assert.Equal(3, (await Log.ReadAsync(new GroupLogQuery("room", s_long) { MaxBytes = 30 })).Messages.Count);
        Assert.Single((await Log.ReadAsync(new GroupLogQuery("room", s_long) { MaxBytes = 1 })).Messages);
    }

    [Fact]
    public async Task Read_GivesAtMostAThousand()
    {
        var many = s_long with { Messages = 2000 };
        for (var i = 0; i < 1001; i++) await AppendAsync("x", retention: many);

        Assert.Equal(1000, (await Log.ReadAsync(new GroupLogQuery("room", many) { Limit = 5000 })).Messages.Count);
    }

    [Fact]
    public async Task Limits_TheOldestMessagesGo_AndFirstSaysSo()
    {
        await AppendManyAsync(6, retention: s_long with { Messages = 4 });
        Assert.Equal((3, 6), await RangeAsync());

        await AppendAsync("0123456789", retention: s_long with { Bytes = 13 });
        Assert.Equal((4, 7), await RangeAsync());
        await AppendAsync("0123456789", retention: s_long with { Bytes = 1 });
        Assert.Equal((8, 8), await RangeAsync());
    }

    [Fact]
    public async Task Age_OldMessagesGo_TheLogGoesOn()
    {
        var epoch = await AppendManyAsync(2, retention: s_short);
        await Cluster.PassAsync(TimeSpan.FromSeconds(20));
        await AppendAsync("3", retention: s_short);
        await Cluster.PassAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["3 3"], Show(await ReadAsync(retention: s_short)));

        await Cluster.PassAsync(s_short.Age * 8);

        var state = (await ReadAsync(retention: s_short)).State;
        Assert.Equal((epoch, 4, 3), (state.Epoch, state.First, state.Last));
        Assert.Equal(new LogPosition(epoch, 4), (await AppendAsync("4", retention: s_short)).Position);
    }

    [Fact]
    public async Task TenTimesTheAge_AfterTheLastMessage_TheLogIsGone_AndTheNextIsANewEpoch()
    {
        var epoch = await AppendManyAsync(2, retention: s_short);
        await Cluster.PassAsync(s_short.Age * 10);

        var slice = await ReadAsync(new LogPosition(epoch, 2), retention: s_short);

        Assert.NotEqual(epoch, slice.State.Epoch);
        Assert.Equal((null, 0, 1, 0), (slice.State.Previous, slice.State.Since, slice.State.First, slice.State.Last));
        Assert.Equal(1, (await AppendAsync("1", retention: s_short)).Position!.Offset);
    }

    [Fact]
    public async Task FailOver_IsANewEpoch_InWhichMessagesAndOffsetsGoOn()
    {
        var epoch = await AppendManyAsync(5);

        Cluster.FailOver(lost: 2);

        var state = (await ReadAsync()).State;
        Assert.NotEqual(epoch, state.Epoch);
        Assert.Equal((epoch, 3, 1, 3), (state.Previous, state.Since, state.First, state.Last));
        Assert.Equal(new LogPosition(state.Epoch, 4), (await AppendAsync("other")).Position);
        var slice = await ReadAsync();
        Assert.Equal(["1 1", "2 2", "3 3", "4 other"], Show(slice));
        Assert.All(slice.Messages, message => Assert.Equal(state.Epoch, message.Epoch));
    }

    [Fact]
    public async Task FailOver_AppendThatComesFirst_SeesToTheEpoch()
    {
        var epoch = await AppendManyAsync(5);
        Cluster.FailOver(lost: 1);

        var position = (await AppendAsync("other")).Position!;

        var state = (await ReadAsync()).State;
        Assert.Equal((epoch, 4L), (state.Previous, state.Since));
        Assert.Equal((5L, state.Epoch), (position.Offset, position.Epoch));
    }

    [Fact]
    public async Task FailOver_ReadsByAnOldPosition_BeginAtItOrAtSince()
    {
        var epoch = await AppendManyAsync(5);
        Cluster.FailOver(lost: 2);
        await AppendAsync("other");

        Assert.Equal(["2 2", "3 3", "4 other"], Show(await ReadAsync(new LogPosition(epoch, 1))));
        Assert.Equal(["4 other"], Show(await ReadAsync(new LogPosition(epoch, 3))));
        Assert.Equal(["4 other"], Show(await ReadAsync(new LogPosition(epoch, 5))));
        Assert.Equal(["4 other"], Show(await ReadAsync(new LogPosition("unknown", 1))));
    }

    [Fact]
    public async Task FailOver_FloorsCountInTheNextEpoch_LaterAsSince()
    {
        var epoch = await AppendManyAsync(5);
        Cluster.FailOver(lost: 2);

        Assert.Equal(2, (await ReadAsync(floor: new LogPosition(epoch, 2))).Floor);
        Assert.Equal(3, (await ReadAsync(floor: new LogPosition(epoch, 5))).Floor);
        await AppendAsync("other");
        Cluster.FailOver(lost: 0);

        Assert.Equal(4, (await ReadAsync(floor: new LogPosition(epoch, 2))).Floor);
        Assert.Equal(0, (await ReadAsync()).Floor);
    }

    [Fact]
    public async Task FailOver_ARepeatedAppendThatWasLost_IsAppended_OneThatWasKeptIsNot()
    {
        var kept = await AppendAsync("kept", AppendKey.Id("kept"));
        await AppendAsync("lost", AppendKey.Id("lost"));
        await AppendAsync("lost, too", AppendKey.Source("orders", 1));
        Cluster.FailOver(lost: 2);

        Assert.Equal(kept with { Status = AppendStatus.Repeated }, await AppendAsync("kept", AppendKey.Id("kept")));
        Assert.Equal(AppendStatus.Appended, (await AppendAsync("lost", AppendKey.Id("lost"))).Status);
        Assert.Equal(AppendStatus.Appended, (await AppendAsync("lost, too", AppendKey.Source("orders", 1))).Status);

        Assert.Equal(["1 kept", "2 lost", "3 lost, too"], Show(await ReadAsync()));
    }

    [Fact]
    public async Task Subscribed_HearsAllNodes_ItsOwnToo_InOrder()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var (atA, atB) = (new Listener(), new Listener());
        await a.Logs.SubscribeAsync("room", atA);
        await b.Logs.SubscribeAsync("room", atB);

        await a.Logs.AppendAsync(new GroupAppend("room", AppendKey.Id("1"), "one"u8.ToArray(), s_long));
        await b.Logs.AppendAsync(new GroupAppend("room", AppendKey.Id("2"), "two"u8.ToArray(), s_long));
        await b.Logs.AppendAsync(new GroupAppend("hall", AppendKey.Id("3"), "other"u8.ToArray(), s_long));
        await a.Logs.AppendAsync(new GroupAppend("room", AppendKey.Id("4"), "three"u8.ToArray(), s_long));

        await atA.ExpectAsync("1 one", "2 two", "3 three");
        await atB.ExpectAsync("1 one", "2 two", "3 three");
    }

    [Fact]
    public async Task SubscribedFirst_ThenRead_MissesNothing()
    {
        var heard = new Listener();
        using var stop = new CancellationTokenSource();
        var appending = Task.Run(async () =>
        {
            for (var i = 0; i < 2000 && !stop.IsCancellationRequested; i++)
                await AppendAsync("x", AppendKey.Id($"s{i}"), s_long with { Messages = 5000 });
        });

        await Log.SubscribeAsync("room", heard);
        var last = (await ReadAsync()).State.Last;
        await Eventually.TrueAsync(() => heard.Heard.Count > 10 || appending.IsCompleted);
        stop.Cancel();
        await appending.InTime();
        var end = (await ReadAsync()).State.Last;

        await Eventually.TrueAsync(() => heard.Heard.Count == 0 || heard.Heard[^1] == $"{end} x");
        Assert.Equal(
            Enumerable.Range((int)last + 1, (int)(end - last)).Select(static offset => $"{offset} x"),
            heard.Heard.SkipWhile(text => Offset(text) <= last));
    }

    [Fact]
    public async Task LostPublication_IsSeenByItsOffset_AndCanBeRead()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = new Listener();
        await b.Logs.SubscribeAsync("room", heard);
        Cluster.LoseNext(b, 1);

        await a.Logs.AppendAsync(new GroupAppend("room", AppendKey.Id("1"), "one"u8.ToArray(), s_long));
        await a.Logs.AppendAsync(new GroupAppend("room", AppendKey.Id("2"), "two"u8.ToArray(), s_long));

        await heard.ExpectAsync("2 two");
        Assert.Equal(["1 one", "2 two"], Show(await b.Logs.ReadAsync(new GroupLogQuery("room", s_long))));
    }

    [Fact]
    public async Task BrokenSubscription_SaysSo_AndGoesOn()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = new Listener();
        await b.Logs.SubscribeAsync("room", heard);
        Cluster.CutOff(b, true);
        await a.Logs.AppendAsync(new GroupAppend("room", AppendKey.Id("1"), "one"u8.ToArray(), s_long));
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await b.Logs.ReadAsync(new GroupLogQuery("room", s_long)));

        Cluster.CutOff(b, false);
        await a.Logs.AppendAsync(new GroupAppend("room", AppendKey.Id("2"), "two"u8.ToArray(), s_long));

        await heard.ExpectAsync("broken", "2 two");
    }

    [Fact]
    public async Task Unsubscribed_HearsNothingMore()
    {
        var (ended, other) = (new Listener(), new Listener());
        await Log.SubscribeAsync("room", other);
        await using (await Log.SubscribeAsync("room", ended)) await AppendAsync("one");

        await AppendAsync("two");

        await other.ExpectAsync("1 one", "2 two");
        Assert.DoesNotContain("2 two", ended.Heard);
    }

    private ValueTask<AppendResult> AppendAsync(string text, AppendKey? key = null, LogRetention? retention = null) =>
        Log.AppendAsync(new GroupAppend("room", key ?? AppendKey.Id($"id {_ids++}"), Encoding.UTF8.GetBytes(text), retention ?? s_long));

    private async Task<string> AppendManyAsync(int count, string? text = null, LogRetention? retention = null)
    {
        for (var i = 1; i <= count; i++) await AppendAsync(text ?? $"{i}", retention: retention);
        return (await ReadAsync(retention: retention)).State.Epoch;
    }

    private ValueTask<GroupLogSlice> ReadAsync(
        LogPosition? after = null, LogPosition? floor = null, int limit = GroupLogQuery.MaxMessages, LogRetention? retention = null) =>
        Log.ReadAsync(new GroupLogQuery("room", retention ?? s_long) { After = after, Floor = floor, Limit = limit });

    private async Task<(long First, long Last)> RangeAsync() =>
        (await ReadAsync()).State is var state ? (state.First, state.Last) : default;

    private static IEnumerable<string> Show(GroupLogSlice slice) =>
        slice.Messages.Select(static message => $"{message.Offset} {Text(message)}");

    private static string Text(GroupLogMessage message) => Encoding.UTF8.GetString(message.Bytes.Span);

    private static long Offset(string text) =>
        long.Parse(text[..text.IndexOf(' ', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
}
