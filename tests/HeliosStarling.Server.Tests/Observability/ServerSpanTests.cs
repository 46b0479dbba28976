using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Observability;

[Collection(TracesCollection.Name)]
public sealed class ServerSpanTests : IDisposable
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public ServerSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "HeliosStarling",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_ThatAsksTheClientBack_IsOneTrace(bool isMapped)
    {
        var setup = new ServerSetup(
            helios => helios.Method("ask:back", async (RequestContext context) => await context.Starling.Request<int>("ui:ask")), null);
        var address = new WireAddress(AddressKind.IPv4);
        await using var server = isMapped ? await MappedServer.StartAsync(setup, address) : await LeanServer.StartAsync(setup, address);
        await using var client = await ResumeClient.ConnectAsync(server);
        await client.SendTextAsync(ClientMessage.Of($$"""
            "type":"request","requestId":"{{ClientMessage.Id}}","method":"ask:back","metadata":{"traceparent":"{{Parent}}"}
            """));

        var asked = await client.ReadAsync();
        await client.SendTextAsync(
            ClientMessage.Of($"\"type\":\"response\",\"requestId\":\"{asked.GetProperty("requestId")}\",\"success\":true,\"data\":7"));
        Assert.Equal(7, (await client.ReadAsync()).GetProperty("data").GetInt32());

        await Eventually.TrueAsync(() => _ended.Count == 2);
        var (back, served) = (
            _ended.Single(span => span.Kind == ActivityKind.Client), _ended.Single(span => span.Kind == ActivityKind.Server));
        Assert.Equal((Parent, served.Id), (served.ParentId, back.ParentId));
        Assert.Equal(client.Id, served.GetTagItem("helios.starling.id"));
        Assert.Equal(JsonSerializer.Serialize(new { traceparent = back.Id }), asked.GetProperty("metadata").GetRawText());
    }
}
