using System.Text.Json;

namespace HeliosStarling.Binding;

/// <summary>Methods with several plain parameters, which are members of the payload; and requests without a result.</summary>
public sealed class MembersTests : MockTest
{
    private enum Color
    {
        Red,
        Blue,
    }

    [Theory]
    [InlineData("""{"user":"ada","text":"hi"}""", "ada hi 1 Blue 00000000-0000-0000-0000-000000000000")]
    [InlineData(
        """{"TEXT":"hi","other":{"text":"no"},"User":"ada","count":2,"color":0}""", "ada hi 2 Red 00000000-0000-0000-0000-000000000000")]
    [InlineData(
        """{"user":"bob","user":"ada","text":null,"id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}""",
        "ada  1 Blue 6f9619ff-8b86-4d01-b42d-00cf4fc964ff")]
    public async Task Method_PlainParameters_AreMembersOfThePayload(string payload, string expected)
    {
        Server.Method(
            "a:b",
            (string user, RequestContext context, string? text, int count = 1, Color? color = Color.Blue, Guid id = default) =>
                $"{user} {text} {count} {color} {id}");

        Assert.Equal(expected, (await Mock.RequestAsync<string>("a:b", JsonElement.Parse(payload)).InTime()).Data);
    }

    [Theory]
    [InlineData(null, """[{"path":"$.user","message":"A value is required."},{"path":"$.count","message":"A value is required."}]""")]
    [InlineData("""{"user":null,"count":1}""", """[{"path":"$.user","message":"A value is required."}]""")]
    [InlineData("""{"user":5,"count":"x"}""", """[{"path":"$.user","message":"The value must be a string."},{"path":"$.count","message":"The value must be a whole number in the range of its member."}]""")]
    [InlineData("""["ada",1]""", """[{"path":"$","message":"The value must be an object with the members 'user', 'count'."}]""")]
    public async Task Method_PlainParametersThatDoNotFit_EachFaultIsNamed(string? payload, string errors)
    {
        Server.Method("a:b", async (string user, int count) =>
        {
            await Task.Yield();
            return user + count;
        });

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => Mock.RequestAsync<string>("a:b", payload is null ? null : JsonElement.Parse(payload)).InTime());

        Assert.Equal(
            JsonElement.Parse(errors).EnumerateArray().Select(error => error.ToString()),
            ((JsonElement)failure.Details!).GetProperty("errors").EnumerateArray().Select(error => error.ToString()));
    }

    [Fact]
    public async Task Request_WithoutResult_SucceedsWhateverTheAnswerSays()
    {
        Server.Method("a:b", (object? _) => new { Text = "not read" });
        await Mock.Request("a:b");
        await Mock.Client.Request("a:b", 1).ConfigureAwait(true);

        var asked = Mock.Starling.Request("ui:none");

        Assert.Equal("METHOD_NOT_FOUND", (await Assert.ThrowsAsync<HeliosException>(async () => await asked)).Code);
    }

    [Fact]
    public async Task Request_WithoutResult_TellsOfItsProgress()
    {
        Server.Method("a:b", async (RequestContext context) => { await context.ProgressAsync(1); });
        var seen = new List<int>();

        var request = Mock.Request("a:b");
        using (request.OnProgress((int step) => seen.Add(step))) await request;

        Assert.Equal([1], seen);
    }
}
