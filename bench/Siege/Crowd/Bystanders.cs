namespace HeliosStarling.Siege;

/// <summary>A few bystanders of every kind.</summary>
internal sealed class Bystanders : IDisposable
{
    private const int LargeSize = 100_000;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="port">The server's.</param>
    /// <param name="seed">Repeats what is random.</param>
    /// <param name="patience">How long the server waits for those who are away.</param>
    public Bystanders(int port, int seed, TimeSpan patience)
    {
        Large = new EchoBystander(port, LargeSize);
        // Few of each: those who are away belong to one address, which must not hold more than a hostile one does.
        All =
        [
            new EchoBystander(port, 20), new EchoBystander(port, 4_000), Large, new StreamBystander(port), new StreamBystander(port),
            new ResumingBystander(port, new Random(seed), patience), new ResumingBystander(port, new Random(seed + 1), patience),
        ];
        _running = Task.WhenAll(All.Select(bystander => Task.Run(() => bystander.RunAsync(_stop.Token))));
    }

    public IReadOnlyList<Bystander> All { get; }

    /// <summary>The one that asks with so much that a server without memory may refuse it.</summary>
    public EchoBystander Large { get; }

    public IEnumerable<string> Faults => All.Select(bystander => bystander.Fault).OfType<string>();

    public override string ToString() =>
        string.Join(", ", All.Select(bystander => $"{bystander.Name}: {bystander.Served} served, {bystander.Refused} refused"));

    /// <summary>Ends each behind its round.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose() => _stop.Dispose();
}
