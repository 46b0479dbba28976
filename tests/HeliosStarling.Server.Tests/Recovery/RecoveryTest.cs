using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>A server on a loopback port with a fake clock, for tests with hand-made frames.</summary>
public abstract class RecoveryTest : IAsyncLifetime
{
    private WireServer? _server;

    private protected WireServer Server => _server!;

    private protected Helios Helios => Server.Helios;

    /// <summary>The messages that the server has handled, in order.</summary>
    private protected List<string> Taken { get; } = [];

    public async ValueTask InitializeAsync() =>
        _server = await LeanServer.StartAsync(new ServerSetup(Register, Configure), new WireAddress(AddressKind.IPv4));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Configure(HeliosOptions options)
    {
        options.ConnectionKey = "a key of the tests, thirty-two bytes long";
        options.MaxMessageSize = 1024;
        options.MessageBufferSize = 64;
        options.MessageBufferBytes = 1024 * 1024;
        options.RequestTimeout = TimeSpan.FromHours(1);
    }

    private protected virtual void Register(Helios helios)
    {
        helios.Method("echo:echo", (string text, RequestContext _) => text);
        helios.On("take:it", (string text, TopicContext _) => Take(text));
        helios.OnText(context => Take(context.Text));
        helios.OnJson(context => Take(context.Data.GetRawText()));
        helios.OnBinary(context => Take($"{context.Data.Length} bytes"));
    }

    private protected Starling StarlingOf(ResumeClient client) => Helios.Starlings.GetById(client.Id)!;

    private protected Task TellAsync(ResumeClient client, params int[] numbers) => TellAsync(StarlingOf(client), numbers);

    private protected static async Task TellAsync(Starling starling, params int[] numbers)
    {
        foreach (var number in numbers) await starling.NotifyAsync("n:n", number).AsTask().InTime();
    }

    private protected Task TakenAsync(int count) => Eventually.TrueAsync(() => Count() >= count);

    private protected string[] TakenSoFar()
    {
        lock (Taken) return [.. Taken];
    }

    private int Count()
    {
        lock (Taken) return Taken.Count;
    }

    private void Take(string text)
    {
        lock (Taken) Taken.Add(text);
    }
}
