namespace HeliosStarling.Threads;

/// <summary>A server in event-loop mode in a process of its own, and clients of it.</summary>
internal sealed class LoopProcess : IAsyncDisposable
{
    private const string Project = "tests/threading/LoopApp";
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private readonly List<StarlingClient> _clients = [];

    private LoopProcess(RunningProgram program) => Program = program;

    public RunningProgram Program { get; }

    public static LoopProcess Start(string how) => new(RunningProgram.StartProject(Project, how));

    /// <summary>Starts it with the variable that event-loop mode behind ASP.NET Core needs.</summary>
    public static LoopProcess StartWith(string value, string how) => new(RunningProgram.StartProject(Project, (Variable, value), how));

    public async Task<StarlingClient> ConnectAsync(Action<StarlingClient>? setup = null)
    {
        var address = await Program.ListeningAsync();
        var client = await StarlingClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, setup: setup).InTime();
        _clients.Add(client);
        return client;
    }

    /// <summary>
    /// Calls a method until its handler starts on an I/O thread: a request that comes before the reader waits for it again is handled in the pool.
    /// </summary>
    public static async Task<string> AskOnIoThreadAsync(StarlingClient client, string method)
    {
        var answer = "";
        for (var attempt = 0; attempt < 10_000 && answer != "io"; attempt++) answer = await client.Request<string>(method).Answer.InTime();
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        await Program.DisposeAsync();
    }
}
