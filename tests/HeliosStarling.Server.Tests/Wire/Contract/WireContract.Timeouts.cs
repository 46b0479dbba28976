using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>Requests that time out or are cancelled.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task Handler_PastItsOwnTimeout_IsAnsweredCancelledAndCountedWhenLate()
    {
        var (cancelled, gate) = (Signal(), Signal());
        await using var server = await StartAsync(helios => helios.Method("slow:own", async (RequestContext context) =>
        {
            context.CancellationToken.Register(cancelled.SetResult);
            await gate.Task;
            return "late";
        }, new MethodOptions { Timeout = TimeSpan.FromSeconds(3) }));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("slow:own"));
        await client.ExpectAliveAsync();

        server.Time.Advance(TimeSpan.FromMilliseconds(2999));
        await client.ExpectAliveAsync();
        server.Time.Advance(TimeSpan.FromMilliseconds(1));

        await client.ExpectFailureAsync("REQUEST_TIMEOUT", "Request timed out", """{"timeout":3000}""");
        await cancelled.Task.InTime();
        gate.SetResult();
        await server.Metrics.ReachedAsync("helios.requests.late_answers", 1);
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_WithoutTimeoutOfItsOwn_HasTheServersRequestTimeout()
    {
        await using var server = await StartAsync(
            helios => helios.Method(
                "slow:any", async (RequestContext context) => await Task.Delay(Timeout.Infinite, context.CancellationToken)),
            options => options.RequestTimeout = TimeSpan.FromSeconds(7));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("slow:any"));
        await client.ExpectAliveAsync();

        server.Time.Advance(TimeSpan.FromMilliseconds(6999));
        await client.ExpectAliveAsync();
        server.Time.Advance(TimeSpan.FromMilliseconds(1));

        await client.ExpectFailureAsync("REQUEST_TIMEOUT", "Request timed out", """{"timeout":7000}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_WithoutAnyTimeoutConfigured_Has30Seconds()
    {
        await using var server = await StartAsync(
            helios =>
                helios.Method("slow:any", async (RequestContext context) => await Task.Delay(Timeout.Infinite, context.CancellationToken)));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("slow:any"));
        await client.ExpectAliveAsync();

        server.Time.Advance(TimeSpan.FromSeconds(30));

        await client.ExpectFailureAsync("REQUEST_TIMEOUT", "Request timed out", """{"timeout":30000}""");
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("system:ping")]
    [InlineData("system:capabilities")]
    [InlineData("system:methods")]
    public async Task BuiltInMethod_ByDefault_Has5Seconds(string method)
    {
        await using var server = await StartAsync();

        Assert.Equal(TimeSpan.FromSeconds(5), server.Helios.Methods.GetOptions(method)?.Timeout);
    }

    [Fact]
    public async Task Handler_ThatFailsLate_IsDroppedAndCounted()
    {
        var gate = Signal();
        await using var server = await StartAsync(helios => helios.Method("slow:fail", async (RequestContext _) =>
        {
            await gate.Task;
            throw new HeliosException("TOO_LATE", "Nobody waits any more");
        }));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("slow:fail"));
        await client.ExpectAliveAsync();
        server.Time.Advance(TimeSpan.FromSeconds(30));
        await client.ExpectFailureAsync("REQUEST_TIMEOUT", "Request timed out", """{"timeout":30000}""");

        gate.SetResult();

        await server.Metrics.ReachedAsync("helios.requests.late_answers", 1);
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("""{"reason":"user left"}""", """{"reason":"user left"}""")]
    [InlineData("""{"reason":7}""", null)]
    [InlineData("\"any\"", null)]
    [InlineData(null, null)]
    public async Task Cancel_OfRunningRequest_IsAnsweredWithReasonAndCancelsToken(string? data, string? details)
    {
        var cancelled = Signal();
        await using var server = await StartAsync(helios => helios.Method("slow:any", async (RequestContext context) =>
        {
            context.CancellationToken.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("slow:any"));

        await client.SendTextAsync(Cancel(data));

        await client.ExpectFailureAsync("REQUEST_CANCELLED", "Request cancelled", details);
        await cancelled.Task.InTime();
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Cancel_OfUnknownRequest_IsIgnoredAndCounted()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Cancel());

        await client.ExpectAliveAsync();
        await server.Metrics.ReachedAsync("helios.messages.ignored[notification]", 1);
    }

    [Fact]
    public async Task Answer_OfCancelledRequest_IsDroppedAndCounted()
    {
        var gate = Signal();
        await using var server = await StartAsync(helios => helios.Method("slow:deaf", async (RequestContext _) =>
        {
            await gate.Task;
            return 1;
        }));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("slow:deaf"));
        await client.SendTextAsync(Cancel());
        await client.ExpectFailureAsync("REQUEST_CANCELLED", "Request cancelled");

        gate.SetResult();

        await server.Metrics.ReachedAsync("helios.requests.late_answers", 1);
        await client.ExpectAliveAsync();
    }
}
