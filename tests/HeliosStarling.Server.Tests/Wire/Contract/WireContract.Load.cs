using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>The bytes of one client's messages that handlers keep.</summary>
public abstract partial class WireContract
{
    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("binary")]
    [InlineData("notification")]
    public async Task Messages_HandlersKeepTooManyBytes_NextIsRefusedUntilTheyEnd(string kind)
    {
        var (end, ended) = (Signal<bool>(), 0);
        await using var server = await StartAsync(helios =>
        {
            helios.OnText(async _ => await TakeAsync());
            helios.OnJson(async _ => await TakeAsync());
            helios.OnBinary(async _ => await TakeAsync());
            helios.On("load:note", async (string _, TopicContext _) => await TakeAsync());
        }, options => (options.MaxMessageSize, options.MaxRequestBytesPerStarling) = (4096, 8192));
        await using var client = await server.ConnectAsync();

        await client.SendAsync(Make(kind), Make(kind));
        await client.SendAsync(Make(kind));

        await client.ExpectAsync("""
            "type":"error","error":{"severity":"application","code":"REQUEST_QUEUE_FULL","message":"Too many messages are being handled, and this one was not: at most 256 (MaxRequestsPerStarling) with 8192 bytes (MaxRequestBytesPerStarling)"}
            """);
        end.SetResult(true);
        await Bound.EventuallyAsync(() => Volatile.Read(ref ended) == 2, "both handlers end");
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "what they kept is free");
        await client.SendAsync(Make(kind));
        await Bound.EventuallyAsync(() => Volatile.Read(ref ended) == 3, "the next message is handled");

        async Task TakeAsync()
        {
            await end.Task;
            Interlocked.Increment(ref ended);
        }
    }

    private static ClientFrame Make(string kind)
    {
        var data = new string('x', 3000);
        return kind switch
        {
            "text" => ClientFrame.Text(data),
            "json" => ClientFrame.Text($"\"{data}\""),
            "binary" => ClientFrame.Binary(new byte[3000]),
            _ => ClientFrame.Text(ClientMessage.Of($$"""
                "type":"notification","notification":{"topic":"load:note","data":"{{data}}"}
                """)),
        };
    }
}
