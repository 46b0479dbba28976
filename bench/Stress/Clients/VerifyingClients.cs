namespace HeliosStarling.Stress;

/// <summary>A few verifying clients of each kind.</summary>
internal sealed class VerifyingClients : IDisposable
{
    private const int LargeSize = 100_000;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="port">The server's port.</param>
    /// <param name="seed">Makes a run repeatable.</param>
    /// <param name="patience">The server's <see cref="HeliosOptions.DisconnectionTtl"/>.</param>
    public VerifyingClients(int port, int seed, TimeSpan patience)
    {
        Large = new EchoVerifyingClient(port, LargeSize);
        // Few of each: all of them have one address, and that address must not hold more starlings than a hostile one.
        All =
        [
            new EchoVerifyingClient(port, 20),
            new EchoVerifyingClient(port, 4_000),
            Large,
            new StreamVerifyingClient(port),
            new StreamVerifyingClient(port),
            new ResumeVerifyingClient(port, new Random(seed), patience),
            new ResumeVerifyingClient(port, new Random(seed + 1), patience),
        ];
        _running = Task.WhenAll(All.Select(client => Task.Run(() => client.RunAsync(_stop.Token))));
    }

    public IReadOnlyList<VerifyingClient> All { get; }

    /// <summary>The client with requests so large that a server short of memory may refuse them.</summary>
    public EchoVerifyingClient Large { get; }

    public IEnumerable<string> Faults => All.Select(client => client.Fault).OfType<string>();

    public override string ToString() =>
        string.Join(", ", All.Select(client => $"{client.Name}: {client.Rounds} served, {client.Refused} refused"));

    /// <summary>Stops each client at the end of its round.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose() => _stop.Dispose();
}
