using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>
/// RFC 6455 as tested by a foreign client: each exchange has its own connection, gets exactly the expected frames, and sees
/// the connection end cleanly, without a reset and without the server's clock moving. Framing has tests of the single rules.
/// </summary>
public abstract class ConformanceContract
{
    [Fact]
    public Task Messages_OfEverySizeOfHeader_ComeBack() => RunAsync(MessageExchanges.All);

    [Fact]
    public Task Pings_InAnyForm_AreAnsweredInOrder() => RunAsync(PingExchanges.All);

    [Fact]
    public Task ReservedBitsAndOpcodes_Used_Close1002() => RunAsync(ReservedExchanges.All);

    [Fact]
    public Task Fragments_RightAndWrong_AreJoinedOrClose1002() => RunAsync(FragmentExchanges.All);

    [Fact]
    public Task Texts_OfUtf8_ComeBack() => RunAsync(Utf8Exchanges.Valid);

    [Fact]
    public Task Texts_NotUtf8_Close1007AtTheFirstWrongByte() => RunAsync(Utf8Exchanges.Invalid);

    [Fact]
    public Task Closes_Allowed_AreEchoed() => RunAsync(CloseExchanges.Allowed);

    [Fact]
    public Task Closes_NotAllowed_AreAnsweredWithTheFault() => RunAsync(CloseExchanges.NotAllowed);

    [Fact]
    public Task Close_WithMuchBehindIt_IsEchoedWithoutReset()
    {
        Assert.SkipUnless(EndsInHalves, "Kestrel ends both directions of a socket at once.");
        return RunAsync(CloseExchanges.WithMuchBehind);
    }

    [Fact]
    public Task Messages_UpToTheLargest_ComeBackHoweverTheyAreCut() => RunAsync(SizeExchanges.All);

    [Fact]
    public async Task Pings_MoreThanWait_AreAnsweredInOrderUpToTheNewest()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await ConnectAsync(server);

        await client.SendAsync([.. Enumerable.Range(0, 100).Select(i => ClientFrame.Ping((byte)i)), ClientFrame.Close(1000)]);

        var answered = new List<int>();
        for (var frame = await client.ReadFrameAsync(); frame.Opcode == ServerFrame.PongOpcode; frame = await client.ReadFrameAsync())
            answered.Add(Assert.Single(frame.Payload));
        Assert.True(answered.Count >= ControlFrames.MaxPongs, $"Only {answered.Count} were answered.");
        Assert.Equal(answered.Order().Distinct(), answered);
        Assert.Equal(99, answered[^1]);
    }

    /// <summary>Whether the server can end sending alone.</summary>
    private protected virtual bool EndsInHalves => true;

    private protected abstract Task<WireServer> StartAsync(Action<Helios> register);

    private protected virtual Task<WireClient> ConnectAsync(WireServer server) => server.ConnectAsync();

    private async Task RunAsync(IEnumerable<Exchange> exchanges)
    {
        await using var server = await StartAsync(Echo);
        foreach (var exchange in exchanges)
        {
            await using var client = await ConnectAsync(server);
            await Named(exchange.RunAsync(client), exchange.Name);
        }
    }

    private static async Task Named(Task task, string name)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            Assert.Fail($"{name}: {exception.Message}");
        }
    }

    private static void Echo(Helios helios)
    {
        helios.OnText(async context => await context.Starling.SendTextAsync(context.Text));
        helios.OnBinary(async context => await context.Starling.SendBinaryAsync(context.Data));
    }
}
