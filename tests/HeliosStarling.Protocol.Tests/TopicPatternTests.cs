namespace HeliosStarling.Protocol;

public class TopicPatternTests
{
    [Theory]
    [InlineData("chat:message", "chat:message", true)]
    [InlineData("chat:message", "chat:messages", false)]
    [InlineData("chat:message", "chat", false)]
    [InlineData("chat:message", "", false)]
    [InlineData("progress", "progress", true)]
    [InlineData("*", "progress", true)]
    [InlineData("*", "a:b", false)]
    [InlineData("*", "", false)]
    [InlineData("chat:*", "chat:message", true)]
    [InlineData("chat:*", "chat", false)]
    [InlineData("chat:*", "chat:a:b", false)]
    [InlineData("chat:*", "chats:a", false)]
    [InlineData("chat:*", "chat:", false)]
    [InlineData("*:message", "chat:message", true)]
    [InlineData("*:message", "chat:other", false)]
    [InlineData("*:message", "message", false)]
    [InlineData("a:*:c", "a:b:c", true)]
    [InlineData("a:*:c", "a:b:d", false)]
    [InlineData("a:*:c", "a:c", false)]
    [InlineData("a:*:c", "a:b:c:d", false)]
    [InlineData("*:*", "a:b", true)]
    [InlineData("*:*", "a", false)]
    [InlineData("chat:**", "chat:a", true)]
    [InlineData("chat:**", "chat:a:b:c", true)]
    [InlineData("chat:**", "chat", false)]
    [InlineData("chat:**", "chatter:a", false)]
    [InlineData("chat:**", "", false)]
    [InlineData("*:**", "a:b", true)]
    [InlineData("*:**", "a", false)]
    [InlineData("a:*:**", "a:b:c:d", true)]
    [InlineData("a:*:**", "a:b", false)]
    [InlineData("**", "a", true)]
    [InlineData("**", "a:b:c", true)]
    [InlineData("**", "", true)]
    [InlineData("Chat:*", "chat:a", false)]
    [InlineData("chat:42", "chat:42", true)]
    [InlineData("chat:42", "chat:421", false)]
    [InlineData("chat:*", "chat:room-1", true)]
    [InlineData("*:42", "board:42", true)]
    [InlineData("chat:*:typing", "chat:6f9619ff-8b86.1:typing", true)]
    [InlineData("chat:**", "chat:42:typing", true)]
    [InlineData("42", "42", true)]
    public void Matches_Topic_FollowsWildcards(string pattern, string topic, bool expected)
    {
        Assert.Equal(expected, TopicPattern.Parse(pattern).Matches(topic));
        Assert.Equal(expected, TopicPattern.Parse(pattern).Matches(Frames.Utf8(topic)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("a:")]
    [InlineData(":a")]
    [InlineData("a::b")]
    [InlineData("**:a")]
    [InlineData("a:**:b")]
    [InlineData("***")]
    [InlineData("a*")]
    [InlineData("a:b*")]
    [InlineData("a:**b")]
    [InlineData("-a")]
    [InlineData(".a")]
    [InlineData("a:-b")]
    [InlineData("a:b-*")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a:*:")]
    public void Parse_MalformedPattern_SaysWhatIsAllowed(string pattern)
    {
        var exception = Assert.Throws<ArgumentException>(() => TopicPattern.Parse(pattern));
        Assert.Contains($"'{pattern}' is not a topic pattern. Use", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Parse_Length_EndsAt256(int length, bool expected) =>
        Assert.Equal(expected, Record.Exception(() => TopicPattern.Parse(new string('a', length))) is null);

    [Fact]
    public void Parse_VeryLongPattern_IsCutInTheMessage() =>
        Assert.True(Assert.Throws<ArgumentException>(() => TopicPattern.Parse(new string('a', 5000))).Message.Length < 400);

    [Theory]
    [InlineData("a:b", true)]
    [InlineData("a:*", false)]
    [InlineData("**", false)]
    public void IsExact_Pattern_MeansNoWildcard(string pattern, bool expected) =>
        Assert.Equal(expected, TopicPattern.Parse(pattern).IsExact);

    [Fact]
    public void Text_Pattern_IsAsWritten() => Assert.Equal("a:**", TopicPattern.Parse("a:**").Text);

    [Fact]
    public void Matches_NameBeyondAscii_IsFalse() => Assert.False(TopicPattern.Parse("*").Matches("ä"));
}
