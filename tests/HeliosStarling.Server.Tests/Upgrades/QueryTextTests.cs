namespace HeliosStarling.Upgrades;

/// <summary>Tokens are found in a query however often their names are escaped. The cost grows only with the length of the query.</summary>
public sealed class QueryTextTests
{
    [Theory]
    [InlineData("recover=t", "t")]
    [InlineData("%2572ecover=t", "t")]
    [InlineData("%25252572ecover=t", "t")]
    [InlineData("%2%3572ecover=t", "t")]
    [InlineData("%7%32ecover=t", "t")]
    [InlineData("%72%65%63%6F%76%65%72=%74", "t")]
    [InlineData("re%c3%a9cover=t", null)]
    [InlineData("%ffrecover=t", null)]
    [InlineData("%7=t", null)]
    [InlineData("recover%=t", null)]
    [InlineData("%zzrecover=t", null)]
    public void TakeToken_OfAnEscapedName_FindsIt(string query, string? token)
    {
        Assert.Equal((token, token is null ? query : ""), QueryText.TakeToken(query, QueryText.Recover));
    }

    [Theory]
    [InlineData("%", "25", "41=x")]
    [InlineData("", "%", "25=x")]
    [InlineData("", "%2", "5=x")]
    public void TakeToken_OfANameEscapedThousandsOfTimes_AllocatesInProportionToTheQuery(string first, string repeated, string last)
    {
        var query = first + string.Concat(Enumerable.Repeat(repeated, RequestHead.MaxSize / repeated.Length)) + last;
        QueryText.TakeToken("%25recover=x", QueryText.Recover);
        var before = GC.GetAllocatedBytesForCurrentThread();

        QueryText.TakeToken(query, QueryText.Recover);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * query.Length);
    }
}
