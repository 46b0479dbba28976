using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>The answers to requests.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task Handler_ReturnsValue_AnswersWithIt()
    {
        await using var server = await StartAsync(
            helios => helios.Method("sum:add", (int[] numbers, RequestContext _) => new { Total = numbers.Sum() }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("sum:add", "[1,2,3]"));

        await client.ExpectSuccessAsync("""{"total":6}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_ReturnsTask_AnswersWithItsResult()
    {
        await using var server = await StartAsync(helios => helios.Method("sum:later", async (int[] numbers, RequestContext _) =>
        {
            await Task.Yield();
            return numbers.Sum();
        }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("sum:later", "[1,2,3]"));

        await client.ExpectSuccessAsync("6");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_ReturnsNothing_AnswersSuccessWithoutData()
    {
        await using var server = await StartAsync(helios => helios.Method("log:write", (string _, RequestContext _) => { }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("log:write", "\"line\""));

        await client.ExpectSuccessAsync();
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_ReturnsEmptyTask_AnswersSuccessWithoutData()
    {
        await using var server = await StartAsync(helios => helios.Method("log:later", async (RequestContext _) => await Task.Yield()));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("log:later"));

        await client.ExpectSuccessAsync();
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_CallsSuccess_AnswersOnce()
    {
        await using var server = await StartAsync(helios => helios.Method("sum:one", (RequestContext context) => context.Success(1)));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("sum:one"));

        await client.ExpectSuccessAsync("1");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_AnswersTwice_ThrowsThereAndSendsNothing()
    {
        var second = Signal<Exception?>();
        await using var server = await StartAsync(helios => helios.Method("sum:twice", (RequestContext context) =>
        {
            context.Success(1);
            second.SetResult(Record.Exception(() => context.Success(2)));
        }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("sum:twice"));

        await client.ExpectSuccessAsync("1");
        Assert.IsType<InvalidOperationException>(await second.Task.InTime());
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_AnswersAndThenReturnsValue_SendsTheFirstAlone()
    {
        await using var server = await StartAsync(helios => helios.Method("sum:both", (RequestContext context) =>
        {
            context.Success(1);
            return 2;
        }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("sum:both"));

        await client.ExpectSuccessAsync("1");
        await client.ExpectAliveAsync();
        Assert.Contains(server.Log.Entries, entry => entry.Exception is InvalidOperationException);
    }

    [Fact]
    public async Task RequestId_InUpperCase_ComesBackAsWritten()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("echo:echo", "1", Id.ToUpperInvariant()));

        await client.ExpectSuccessAsync("1", Id.ToUpperInvariant());
        await client.ExpectAliveAsync();
    }

    [Theory]
    [MemberData(nameof(OtherSpellings.Rows), MemberType = typeof(OtherSpellings))]
    public async Task Request_WrittenInAnotherWay_IsAnswered(string message)
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(message);

        await client.ExpectSuccessAsync("1");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Metadata_OfRequest_ReachesHandlerUntouched()
    {
        await using var server = await StartAsync(helios => helios.Method("meta:read", (RequestContext context) => context.Metadata));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of($$$"""
            "type":"request","requestId":"{{{Id}}}","method":"meta:read","metadata":{"traceparent":"00-ab-cd-01","own":[1,{"a":null}]}
            """));

        await client.ExpectSuccessAsync("""{"traceparent":"00-ab-cd-01","own":[1,{"a":null}]}""");
        await client.ExpectAliveAsync();
    }
}
