using System.Text;

namespace HeliosStarling.Cluster;

/// <summary>The contract of <see cref="IBackplane"/>.</summary>
public abstract class BackplaneContract : ClusterContract
{
    private static readonly BackplaneChannel s_room = BackplaneChannel.Group("room");

    // A sender repeats its last number after a second of silence.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task Published_ComesToAllOthersThatAreSubscribed_AndNotToItsSender()
    {
        var (a, b, c) = (Cluster.AddNode(), Cluster.AddNode(), Cluster.AddNode());
        var (atA, atB, atC) = (await ListenAsync(a, s_room), await ListenAsync(b, s_room), await ListenAsync(c, s_room));

        await PublishAsync(a, s_room, "one");
        await atB.ExpectAsync("one");
        await atC.ExpectAsync("one");
        await PublishAsync(b, s_room, "two");

        await atA.ExpectAsync("two");
        await atC.ExpectAsync("one", "two");
        Assert.Equal(["one"], atB.Heard);
    }

    [Fact]
    public async Task Channels_AreApart()
    {
        var (a, b) = (Cluster.AddNode(), await Cluster.StartNodeAsync());
        var all = await ListenAsync(b.Seams, BackplaneChannel.All);
        var room = await ListenAsync(b.Seams, s_room);
        var hall = await ListenAsync(b.Seams, BackplaneChannel.Group("hall"));
        var own = await ListenAsync(b.Seams, BackplaneChannel.Node(b.Id));
        var groupOfThatName = await ListenAsync(b.Seams, BackplaneChannel.Group(b.Id.Process));

        await PublishAsync(a, BackplaneChannel.All, "all");
        await PublishAsync(a, s_room, "room");
        await PublishAsync(a, BackplaneChannel.Node(b.Id), "node");
        await PublishAsync(a, BackplaneChannel.Group("hall"), "hall");
        await PublishAsync(a, BackplaneChannel.Group(b.Id.Process), "group");

        await all.ExpectAsync("all");
        await room.ExpectAsync("room");
        await hall.ExpectAsync("hall");
        await own.ExpectAsync("node");
        await groupOfThatName.ExpectAsync("group");
    }

    [Fact]
    public async Task Node_UnderANewId_HearsWhatWasMeantForTheOldOne()
    {
        var (a, b) = (Cluster.AddNode(), await Cluster.StartNodeAsync());
        var own = await ListenAsync(b.Seams, BackplaneChannel.Node((await b.TakeNewLeaseAsync()).Id));

        await PublishAsync(a, BackplaneChannel.Node(b.Id), "yield");

        await own.ExpectAsync("yield");
    }

    [Fact]
    public async Task MessagesOfOneSender_ComeInOrder_EachOnce()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = await ListenAsync(b, s_room);
        var sent = Enumerable.Range(0, 200).Select(static i => $"{i}").ToArray();

        foreach (var text in sent) await PublishAsync(a, s_room, text);

        await heard.ExpectAsync(sent);
    }

    [Fact]
    public async Task MessagesOfManyThreads_AllCome_AndNoGapIsSeen()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = await ListenAsync(b, s_room);
        var sent = Enumerable.Range(0, 200).Select(static i => $"{i}").ToArray();

        await Task.WhenAll(sent.Select(text => Task.Run(() => PublishAsync(a, s_room, text))));

        await Eventually.TrueAsync(() => heard.Heard.Count == sent.Length);
        Assert.Equal(sent.Order(), heard.Heard.Order());
    }

    [Fact]
    public async Task Bytes_AreCopied()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = new List<BackplaneMessage>();
        await b.Backplane.SubscribeAsync(s_room, new KeepingReceiver(heard));
        var bytes = "one"u8.ToArray();

        await a.Backplane.PublishAsync(s_room, bytes);
        bytes.AsSpan().Clear();

        await Eventually.TrueAsync(() => heard.Count == 1);
        Assert.Equal("one"u8, heard[0].Bytes.Span);
    }

    [Fact]
    public async Task Unsubscribed_HearsNothingMore()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var (ended, other) = (new Listener(), await ListenAsync(b, s_room));
        await using (await b.Backplane.SubscribeAsync(s_room, ended)) await PublishAsync(a, s_room, "one");

        await PublishAsync(a, s_room, "two");

        await other.ExpectAsync("one", "two");
        Assert.DoesNotContain("two", ended.Heard);
    }

    [Fact]
    public async Task Lost_TheNextMessageShowsHowMany()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = await ListenAsync(b, s_room);
        await PublishAsync(a, s_room, "one");
        await heard.ExpectAsync("one");
        Cluster.LoseNext(b, 2);

        foreach (var text in new[] { "two", "three", "four", "five" }) await PublishAsync(a, s_room, text);

        await heard.ExpectAsync("one", "missed 2", "four", "five");
    }

    [Fact]
    public async Task LostLastMessages_AreShownAfterASilence_Once()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = await ListenAsync(b, s_room);
        await PublishAsync(a, s_room, "one");
        await heard.ExpectAsync("one");
        Cluster.LoseNext(b, 2);
        await PublishAsync(a, s_room, "two");
        await PublishAsync(a, s_room, "three");

        await Cluster.PassAsync(s_silence);
        await heard.ExpectAsync("one", "missed 2");

        await Cluster.PassAsync(s_silence);
        await PublishAsync(a, s_room, "four");
        await heard.ExpectAsync("one", "missed 2", "four");
    }

    [Fact]
    public async Task Silence_WithNothingLost_ShowsNothing_AndLaterGapsAreStillSeen()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = await ListenAsync(b, s_room);
        await PublishAsync(a, s_room, "one");
        for (var i = 0; i < 3; i++) await Cluster.PassAsync(s_silence);
        Cluster.LoseNext(b, 1);

        await PublishAsync(a, s_room, "two");
        await PublishAsync(a, s_room, "three");

        await heard.ExpectAsync("one", "missed 1", "three");
    }

    [Fact]
    public async Task Gaps_AreOfOneSenderAndOneChannel()
    {
        var (a, b, c) = (Cluster.AddNode(), Cluster.AddNode(), Cluster.AddNode());
        var (room, hall) = (await ListenAsync(b, s_room), await ListenAsync(b, BackplaneChannel.Group("hall")));
        await PublishAsync(a, s_room, "a1");
        await PublishAsync(a, BackplaneChannel.Group("hall"), "a1");
        await PublishAsync(c, s_room, "c1");
        await room.ExpectAsync("a1", "c1");
        Cluster.LoseNext(b, 1);
        await PublishAsync(a, s_room, "a2");

        await PublishAsync(c, s_room, "c2");
        await PublishAsync(a, BackplaneChannel.Group("hall"), "a2");
        await hall.ExpectAsync("a1", "a2");
        await room.ExpectAsync("a1", "c1", "c2");

        await PublishAsync(a, s_room, "a3");
        await room.ExpectAsync("a1", "c1", "c2", "missed 1", "a3");
    }

    [Fact]
    public async Task FirstHeardOfASender_IsItsStart()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        for (var i = 0; i < 5; i++) await PublishAsync(a, s_room, "before");

        var heard = await ListenAsync(b, s_room);
        await PublishAsync(a, s_room, "one");

        await heard.ExpectAsync("one");
    }

    [Fact]
    public async Task BrokenSubscription_SaysThatAnythingMayBeMissing()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var heard = await ListenAsync(b, s_room);
        await PublishAsync(a, s_room, "one");
        await heard.ExpectAsync("one");

        Cluster.CutOff(b, true);
        await PublishAsync(a, s_room, "two");
        Cluster.CutOff(b, false);
        await PublishAsync(a, s_room, "three");

        await heard.ExpectAsync("one", "missed unknown of anybody", "three");
    }

    [Fact]
    public async Task CutOff_PublishThrows()
    {
        var a = Cluster.AddNode();
        Cluster.CutOff(a, true);

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => PublishAsync(a, s_room, "one"));
    }

    [Fact]
    public async Task ReceiverThatPublishes_HoldsNobodyUp()
    {
        var (a, b) = (Cluster.AddNode(), Cluster.AddNode());
        var atA = await ListenAsync(a, s_room);
        await b.Backplane.SubscribeAsync(s_room, new Listener
        {
            OnText = text => _ = text.StartsWith("re:", StringComparison.Ordinal) ? null : PublishAsync(b, s_room, $"re: {text}"),
        });

        await PublishAsync(a, s_room, "one");
        await PublishAsync(a, s_room, "two");

        await atA.ExpectAsync("re: one", "re: two");
    }

    private static async Task<Listener> ListenAsync(ClusterSeams node, BackplaneChannel channel)
    {
        var listener = new Listener();
        await node.Backplane.SubscribeAsync(channel, listener);
        return listener;
    }

    private static async Task PublishAsync(ClusterSeams node, BackplaneChannel channel, string text) =>
        await node.Backplane.PublishAsync(channel, Encoding.UTF8.GetBytes(text));

    private sealed class KeepingReceiver(List<BackplaneMessage> heard) : IBackplaneReceiver
    {
        public void OnMessage(BackplaneMessage message) => heard.Add(message);

        public void OnMissed(BackplaneChannel channel, string? sender, long? missed)
        {
        }
    }
}
