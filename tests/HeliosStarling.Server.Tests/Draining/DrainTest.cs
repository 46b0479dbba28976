using HeliosStarling.Framing;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Draining;

/// <summary>A server that is stopped while clients talk to it. Its clock stands still unless a test turns it.</summary>
public abstract class DrainTest : RecoveryTest
{
    private protected static readonly TimeSpan LastWaited = TimeSpan.FromSeconds(8);
    private protected static readonly TimeSpan Cut = TimeSpan.FromSeconds(9);

    /// <summary>Lets the handlers of <c>wait:go</c> end.</summary>
    private protected TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the application was told that no client has confirmed.</summary>
    private protected List<string> Unconfirmed { get; } = [];

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        options.ShutdownTimeout = TimeSpan.FromSeconds(10);
        options.MessageBufferBytes = 64 * 1024 * 1024;
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.Method("wait:go", async (string text, RequestContext _) =>
        {
            await Gate.Task;
            return text;
        });
        helios.On("wait:note", async (string text, TopicContext context) =>
        {
            await Gate.Task;
            await context.Starling.NotifyAsync("n:n", text);
        });
        helios.Events.On("starling:unconfirmed", (StarlingUnconfirmed happened) =>
        {
            lock (Unconfirmed) Unconfirmed.AddRange(happened.Messages.Select(message => $"{message.Data.Length} bytes"));
        });
    }

    private protected Task StopAsync() => Helios.DisposeAsync().AsTask();

    /// <summary>The next message is a fresh token.</summary>
    private protected static async Task<string> ExpectTokenAsync(ResumeClient client)
    {
        var notification = (await client.ReadAsync()).GetProperty("notification");
        Assert.Equal("state:token", notification.GetProperty("topic").GetString());
        return notification.GetProperty("data").GetProperty("token").GetString()!;
    }

    /// <summary>The server says goodbye, and so does the client.</summary>
    private protected static async Task ExpectGoodbyeAsync(WireClient client)
    {
        await client.ExpectCloseAsync(1001, "server going away");
        await client.SendAsync(ClientFrame.Close(1001));
        await client.ExpectEndAsync();
    }
}
