using System.Net;

namespace HeliosStarling.Micro;

/// <summary>Clients of one server over in-memory connections.</summary>
internal sealed class InMemoryClients(Helios helios)
{
    private readonly List<(DiscardingStream Stream, Task Ended)> _clients = [];

    /// <summary>Connects clients. Completes when all are linked.</summary>
    /// <param name="count">The number of clients.</param>
    /// <param name="resumes">Whether they ask for resume. The server holds such a client when its connection is cut.</param>
    /// <param name="onSent">Called for each write to a client. Default nothing.</param>
    public async Task ConnectAsync(int count, bool resumes, Action<int>? onSent = null)
    {
        var linked = new Countdown(count);
        using var watch = helios.Events.On("starling:connected", (StarlingConnected _) => linked.Signal());
        for (var i = 0; i < count; i++)
        {
            var stream = new DiscardingStream(onSent);
            _clients.Add((stream, RunAsync(stream, resumes)));
        }
        await linked.Done;
    }

    /// <summary>Cuts all connections. Completes when the server has noticed.</summary>
    public async Task CutAsync()
    {
        foreach (var (stream, _) in _clients) stream.Cut();
        foreach (var (_, ended) in _clients) await ended;
        _clients.Clear();
    }

    private async Task RunAsync(DiscardingStream stream, bool resumes)
    {
        if (!helios.Connections.TryEnter()) throw new InvalidOperationException("The server has no room.");
        // The same that a listener passes for a client that does not sign in.
        var arrival = new Arrival(User: null, RecoveryRequest.Parse(resumes ? "resume=1" : "", token: null))
        {
            RemoteAddress = new IPAddress(0x0100007F),
        };
        await helios.Connections.RunAsync(stream, default, arrival, stream.Cut);
        helios.Connections.Leave();
    }
}
