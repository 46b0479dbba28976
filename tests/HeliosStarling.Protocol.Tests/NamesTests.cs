namespace HeliosStarling.Protocol;

public class NamesTests
{
    [Theory]
    [InlineData("a:b", true)]
    [InlineData("chat:send", true)]
    [InlineData("a1_:Z_9:c", true)]
    [InlineData("progress", false)]
    [InlineData("", false)]
    [InlineData("a:", false)]
    [InlineData(":a", false)]
    [InlineData("a::b", false)]
    [InlineData("1a:b", false)]
    [InlineData("a:_b", false)]
    [InlineData("a-b:c", false)]
    [InlineData("a:*", false)]
    [InlineData("ä:b", false)]
    [InlineData("a:b\n", false)]
    public void IsMethod_Name_FollowsPattern(string name, bool expected)
    {
        Assert.Equal(expected, Names.IsMethod(name));
        Assert.Equal(expected, Names.IsMethod(Frames.Utf8(name)));
    }

    [Theory]
    [InlineData("progress", true)]
    [InlineData("a", true)]
    [InlineData("a:b:c", true)]
    [InlineData("", false)]
    [InlineData("42", true)]
    [InlineData("chat:42", true)]
    [InlineData("chat:room-1", true)]
    [InlineData("board:6f9619ff-8b86-4d01-b42d-00cf4fc964ff", true)]
    [InlineData("_a:b.c-", true)]
    [InlineData("-a", false)]
    [InlineData(".a", false)]
    [InlineData("a:-b", false)]
    [InlineData("chat:", false)]
    [InlineData("a::b", false)]
    [InlineData("a:*", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("*", false)]
    [InlineData("ſ", false)]
    public void IsTopic_Name_FollowsPattern(string name, bool expected)
    {
        Assert.Equal(expected, Names.IsTopic(name));
        Assert.Equal(expected, Names.IsTopic(Frames.Utf8(name)));
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void IsMethod_Length_EndsAt128(int length, bool expected)
    {
        var name = "a:" + new string('b', length - 2);
        Assert.Equal(expected, Names.IsMethod(name));
        Assert.Equal(expected, Names.IsMethod(Frames.Utf8(name)));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void IsTopic_Length_EndsAt256(int length, bool expected)
    {
        var name = "a:" + new string('b', length - 2);
        Assert.Equal(expected, Names.IsTopic(name));
        Assert.Equal(expected, Names.IsTopic(Frames.Utf8(name)));
    }

    [Theory]
    [InlineData("system:x", true)]
    [InlineData("internal:x", true)]
    [InlineData("stream:x", true)]
    [InlineData("helios:x:y", true)]
    [InlineData("system", true)]
    [InlineData("systems:x", false)]
    [InlineData("System:x", false)]
    [InlineData("x:system", false)]
    [InlineData("chat:send", false)]
    [InlineData("", false)]
    public void IsReserved_Name_LooksAtFirstSegment(string name, bool expected) => Assert.Equal(expected, Names.IsReserved(name));
}
