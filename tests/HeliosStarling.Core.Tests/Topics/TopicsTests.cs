using CsCheck;
using HeliosStarling.Protocol;

namespace HeliosStarling;

public class TopicsTests
{
    private static readonly Gen<string> s_segment = Gen.OneOf(new[] { "a", "b", "cc", "d_1" }.Select(Gen.Const).ToArray());
    private static readonly Gen<string> s_topic = s_segment.Array[1, 4].Select(segments => string.Join(':', segments));
    private static readonly Gen<string> s_pattern = Gen.Select(Gen.OneOf(s_segment, Gen.Const("*")).Array[1, 3], Gen.Bool)
        .Select((segments, takesRest) => string.Join(':', segments) + (takesRest ? ":**" : ""));

    private readonly Peer _peer = new();
    private readonly List<string> _calls = [];

    [Fact]
    public void Notification_SeveralMatch_RunByPriorityThenRegistration()
    {
        Listen("a:*", priority: 0, "first");
        Listen("**", priority: -1, "last");
        Listen("a:b", priority: 0, "second");
        Listen("a:**", priority: 5, "front");

        _peer.Session.ReceiveNotification("a:b", 1);

        Assert.Equal(["front", "first", "second", "last"], _calls);
    }

    [Fact]
    public void Notification_HandlerThrows_TheOthersStillRun()
    {
        _peer.Engine.Topics.Add("a:b", 1, (Session _, string _, in Message _) => throw new InvalidOperationException("boom"));
        _peer.Engine.Topics.Add(
            "a:b", 1, (Session _, string _, in Message _) => ValueTask.FromException(new InvalidOperationException("boom")));
        Listen("a:b", priority: 0, "survivor");

        _peer.Session.ReceiveNotification("a:b", 1);

        Assert.Equal(["survivor"], _calls);
    }

    [Fact]
    public void Dispose_OfOneSubscription_LeavesItsTwin()
    {
        var first = Listen("a:b", 0, "first");
        Listen("a:b", 0, "twin");
        _peer.Session.ReceiveNotification("a:b", 1);

        first.Dispose();
        _peer.Session.ReceiveNotification("a:b", 1);

        Assert.Equal(["first", "twin", "twin"], _calls);
    }

    [Fact]
    public void Add_AfterATopicWasSeen_IsFoundToo()
    {
        _peer.Session.ReceiveNotification("a:b", 1);

        Listen("a:*", 0, "late");
        _peer.Session.ReceiveNotification("a:b", 1);

        Assert.Equal(["late"], _calls);
    }

    [Fact]
    public void Notification_TiedToARequest_ReachesNoTopicHandler()
    {
        Listen("**", 0, "any");

        _peer.Session.ReceiveNotification("progress", 1, Guid.NewGuid());

        Assert.Empty(_calls);
    }

    [Fact]
    public void Notification_MoreTopicsThanAreRemembered_AllAreDelivered()
    {
        Listen("**", 0, "any");

        for (var i = 0; i < 1500; i++) _peer.Session.ReceiveNotification($"t{i}", i);

        Assert.Equal(1500, _calls.Count);
    }

    [Fact]
    public void Patterns_Registered_AreListedInTheOrderTheyRun()
    {
        Listen("a:*", 0, "");
        Listen("b:*", 9, "");
        Listen("a:*", 0, "");

        Assert.Equal(["b:*", "a:*"], _peer.Engine.Topics.Patterns);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:**:b")]
    [InlineData("a*")]
    [InlineData(":a")]
    public void Add_MalformedPattern_Throws(string pattern) => Assert.Throws<ArgumentException>(() => Listen(pattern, 0, ""));

    [Fact]
    public void Index_AnyPatternsAndTopics_FindsExactlyThoseThatMatch() =>
        Gen.Select(s_pattern.Array[0, 8], s_topic.Array[1, 8]).Sample((patterns, topics) =>
        {
            var registered = new Topics();
            foreach (var pattern in patterns) registered.Add(pattern, 0, (Session _, string _, in Message _) => default);
            foreach (var topic in topics.Concat(topics))
            {
                var found = registered.Index.Find(System.Text.Encoding.ASCII.GetBytes(topic));
                Assert.Equal(topic, found.Topic);
                Assert.Equal(
                    patterns.Where(pattern => Matches(pattern.Split(':'), topic.Split(':'))),
                    found.Subscriptions.Select(subscription => subscription.Pattern.Text));
            }
        });

    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> topic)
    {
        if (pattern.IsEmpty || topic.IsEmpty) return pattern.IsEmpty && topic.IsEmpty;
        if (pattern[0] == "**") return true;
        return (pattern[0] == "*" || pattern[0] == topic[0]) && Matches(pattern[1..], topic[1..]);
    }

    private IDisposable Listen(string pattern, int priority, string call) =>
        _peer.Engine.Topics.Add(pattern, priority, (Session _, string _, in Message _) =>
        {
            _calls.Add(call);
            return default;
        });
}
