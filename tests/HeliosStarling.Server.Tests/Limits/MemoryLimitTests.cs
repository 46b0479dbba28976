using HeliosStarling.Recovery;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>MaxBufferedBytes: the bytes that wait in memory for all starlings.</summary>
public sealed class MemoryLimitTests : RecoveryTest
{
    // The whole budget is rented, so each starling has only the 64 KiB that it always has.
    private const int Pressure = 16 * 1024 * 1024;

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        (options.MaxMessageSize, options.MessageBufferBytes, options.MaxBufferedBytes) = (1024 * 1024, 2 * 1024 * 1024, Pressure);
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.Method("length:of", (string text, RequestContext _) => text.Length);
        helios.Method("text:of", (int length, RequestContext _) => new string('x', length));
    }

    [Fact]
    public async Task Message_ForWhichThereIsNoMemory_IsRefusedUntilThereIs()
    {
        await using var client = await Server.ConnectAsync();
        Helios.Engine.Buffers.Charge(Pressure);

        await client.SendTextAsync(Request("length:of", Text(60_000)));
        await client.ExpectSuccessAsync("60000");
        await client.SendTextAsync(Request("length:of", Text(200_000)));
        await client.ExpectFailureAsync("REQUEST_QUEUE_FULL", "There is no memory for a message of this size now (MaxBufferedBytes)");

        Helios.Engine.Buffers.Charge(-Pressure);
        await client.SendTextAsync(Request("length:of", Text(200_000)));
        await client.ExpectSuccessAsync("200000");
    }

    [Fact]
    public async Task Answers_OfOneBatchWithoutMemory_ReachAClientThatReads()
    {
        await using var client = await Server.ConnectAsync();
        Helios.Engine.Buffers.Charge(Pressure);

        await client.SendAsync(Enumerable.Range(0, 6).Select(i => Framing.ClientFrame.Text(Request("text:of", "20000", IdOf(i)))));

        for (var i = 0; i < 6; i++) await client.ExpectSuccessAsync(Text(20_000), IdOf(i));
        Helios.Engine.Buffers.Charge(-Pressure);
    }

    [Fact]
    public async Task Outbox_ThatShrinks_KeepsTheNumbersOfWhatItDropsAndReportsThem()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        var starling = StarlingOf(client);
        var text = new string('x', 10_000);
        for (var i = 1; i <= 50; i++) await starling.NotifyAsync("n:n", $"{i:d2} {text}");

        Helios.Engine.Buffers.Charge(Pressure);
        for (var i = 51; i <= 60; i++) await starling.NotifyAsync("n:n", $"{i:d2} {text}");

        Helios.Engine.Buffers.Charge(-Pressure);
        await starling.NotifyAsync("n:n", $"61 {text}");
        await using var back = await client.ReturnAsync(Server, 0);
        var missed = back.Data.GetProperty("missed").GetInt32();
        // Each new message replaced one of its size; earlier messages were kept.
        Assert.Equal(10, missed);
        Assert.Equal($$"""connection:missed {"missed":{{missed}}}""", await back.NextAsync());
        var numbers = (await back.NextAsync(61 - missed)).Select(message => int.Parse(message.Split(' ')[1].Trim('"')));
        Assert.Equal(Enumerable.Range(missed + 1, 61 - missed), numbers);
        await back.AckAsync("61");
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task Broadcast_KeptForManyStarlings_CountsOnce()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ResumeClient.ConnectAsync(Server)));
        foreach (var client in clients) await client.CutAsync(Server);
        var before = Helios.Engine.Buffers.Rented;

        await Helios.Starlings.BroadcastAsync("n:n", new string('x', 100_000));

        // The buffer is larger than the message, but there is only one.
        Assert.InRange(Helios.Engine.Buffers.Rented - before, 100_000, 999_999);
        Assert.All(clients, client => Assert.InRange(StarlingOf(client).Session.Outbox.Bytes, 100_000, 200_000));
    }

    [Fact]
    public async Task Requests_OfManyStarlings_StayWithinTheBudgetAndLeaveRoomForOthers()
    {
        var gate = new Gate();
        Helios.Method("keep:it", async (string text, RequestContext _) =>
        {
            await gate.PassAsync();
            return text.Length;
        });
        await using var other = await Server.ConnectAsync();
        // Each from its own address, because clients of one address share its memory.
        Helios.UseUpgrade((context, next) =>
        {
            context.RemoteAddress = System.Net.IPAddress.Parse(context.Headers["X-Address"]);
            return next();
        });
        var clients = await Task.WhenAll(
            Enumerable.Range(1, 6).Select(i => Server.ConnectAsync(UpgradeRequest.Valid.With("X-Address", $"192.0.2.{i}"))));

        foreach (var client in clients)
        {
            for (var i = 0; i < 8; i++) await client.SendTextAsync(Request("keep:it", Text(1_000_000), IdOf(i)));
        }
        await AllAreDecidedAsync();

        Assert.InRange(gate.Entered, 4, Pressure / 1_000_000);
        Assert.InRange(Helios.Engine.Buffers.Rented, 0, Pressure + (6 * 64 * 1024));
        await other.SendTextAsync(Request("length:of", Text(1000)));
        await other.ExpectSuccessAsync("1000");
        gate.Open();
        foreach (var client in clients) await client.DisposeAsync();

        // The answer to a small message after the large ones shows that the reader has handled all of them.
        async Task AllAreDecidedAsync()
        {
            foreach (var client in clients)
            {
                await client.SendTextAsync(Request("length:of", Text(3), IdOf(99)));
                while (!(await client.ReadTextAsync()).Contains(IdOf(99), StringComparison.Ordinal))
                {
                }
            }
        }
    }

    [Fact]
    public async Task Text_WhoseHandlerHasNotEnded_CountsByTheMemoryOfItsCharacters()
    {
        var gate = new Gate();
        Helios.OnText(async _ => await gate.PassAsync());
        await using var client = await Server.ConnectAsync();
        var before = Helios.Engine.Buffers.Rented;

        await client.SendTextAsync(new string('x', 50_000));
        await Bound.EventuallyAsync(() => gate.Entered == 1, "the handler runs");

        await Bound.EventuallyAsync(
            () => Helios.Engine.Buffers.Rented - before == (50_000 * sizeof(char)) + 512, "the text and its handler count");
        gate.Open();
        await Bound.EventuallyAsync(() => Helios.Engine.Buffers.Rented == before, "the text counts no more");
    }

    private static string Text(int length) => $"\"{new string('x', length)}\"";
}
