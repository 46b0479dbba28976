using System.Text.Json;
using HeliosStarling.Framing;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Draining;

/// <summary>A server that is stopped while clients are connected. Tests advance its clock.</summary>
public abstract class DrainTest : RecoveryTest
{
    private protected static readonly TimeSpan LastWaited = TimeSpan.FromSeconds(8);
    private protected static readonly TimeSpan Cut = TimeSpan.FromSeconds(9);

    /// <summary>Lets the handlers of <c>wait:go</c> end.</summary>
    private protected TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The messages reported as unconfirmed.</summary>
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

    /// <summary>Expects a new token as the next message.</summary>
    private protected static async Task ExpectTokenAsync(ResumeClient client) => TokenOf(await client.ReadAsync());

    /// <summary>
    /// Expects a token and an acknowledgement in any order, because acknowledgements are sent before queued messages. Then
    /// the server closes, and the client answers.
    /// </summary>
    private protected static async Task<string> ExpectTokenAndGoodbyeAsync(ResumeClient client, long? acknowledged = null)
    {
        List<JsonElement> messages = [];
        ServerFrame frame;
        while ((frame = await client.Wire.ReadFrameAsync()).Opcode == ServerFrame.TextOpcode) messages.Add(JsonElement.Parse(frame.Text));
        Assert.Equal((1001, "server going away"), (frame.CloseCode, frame.CloseReason));
        await SayGoodbyeAsync(client.Wire);

        var acks = messages.FindAll(message => message.GetProperty("type").GetString() == "ack");
        Assert.Equal(acknowledged is null ? [] : [acknowledged.Value], acks.Select(ack => ack.GetProperty("received").GetInt64()));
        return TokenOf(Assert.Single(messages.Except(acks)));
    }

    /// <summary>The server closes, and the client answers.</summary>
    private protected static async Task ExpectGoodbyeAsync(WireClient client)
    {
        await client.ExpectCloseAsync(1001, "server going away");
        await SayGoodbyeAsync(client);
    }

    private static async Task SayGoodbyeAsync(WireClient client)
    {
        await client.SendAsync(ClientFrame.Close(1001));
        await client.ExpectEndAsync();
    }

    private static string TokenOf(JsonElement message)
    {
        var notification = message.GetProperty("notification");
        Assert.Equal("state:token", notification.GetProperty("topic").GetString());
        return notification.GetProperty("data").GetProperty("token").GetString()!;
    }
}
