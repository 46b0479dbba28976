using System.Net;

namespace HeliosStarling.Micro;

/// <summary>Clients of one server, over connections in memory.</summary>
internal sealed class Crowd(Helios helios)
{
    private readonly List<(SwallowingStream Stream, Task Ended)> _clients = [];

    /// <summary>Lets clients in; completes when all are linked.</summary>
    /// <param name="count">How many.</param>
    /// <param name="resumes">Whether they ask for resume, and so are held with a token when they are cut.</param>
    /// <param name="onSent">Called for each write to one of them. Default nothing.</param>
    public async Task EnterAsync(int count, bool resumes, Action<int>? onSent = null)
    {
        var linked = new Countdown(count);
        using var watch = helios.Events.On("starling:connected", (StarlingConnected _) => linked.Signal());
        for (var i = 0; i < count; i++)
        {
            var stream = new SwallowingStream(onSent);
            _clients.Add((stream, RunAsync(stream, resumes)));
        }
        await linked.Done;
    }

    /// <summary>Cuts all connections, as a lost network does; completes when the server has noticed.</summary>
    public async Task CutAsync()
    {
        foreach (var (stream, _) in _clients) stream.Cut();
        foreach (var (_, ended) in _clients) await ended;
        _clients.Clear();
    }

    private async Task RunAsync(SwallowingStream stream, bool resumes)
    {
        if (!helios.Connections.TryEnter()) throw new InvalidOperationException("The server has no room.");
        // As a listener says of each client that does not sign in.
        var arrival = new Arrival(User: null, RecoveryRequest.Parse(resumes ? "resume=1" : "", token: null))
        {
            RemoteAddress = new IPAddress(0x0100007F),
        };
        await helios.Connections.RunAsync(stream, default, arrival, stream.Cut);
        helios.Connections.Leave();
    }
}
