using System.Collections.Concurrent;

namespace HeliosStarling.Chaos;

/// <summary>One client, and the messages between it and the server.</summary>
internal sealed class TrafficClient(int index)
{
    private readonly ConcurrentDictionary<long, int> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private int _open;

    public int Index => index;

    public MessageSequence Up { get; } = new($"client {index} to server");

    public MessageSequence Down { get; } = new($"server to client {index}");

    public MessageSequence Broadcasts { get; } = new($"broadcasts to client {index}");

    public StarlingClient Client { get; set; } = null!;

    public string Id => Client.StarlingId!;

    public int Answers => _answers.Count;

    /// <summary>Waits for the answer of a request, which must be its number, and must come once.</summary>
    public async Task AwaitAnswerAsync(StarlingRequest<long> request, long number, bool isUp)
    {
        Interlocked.Increment(ref _open);
        try
        {
            var answer = await request;
            if (answer != number) _failures.Enqueue($"{index}: request {number} was answered {answer}");
            if (_answers.AddOrUpdate(isUp ? number : -number, 1, static (_, count) => count + 1) != 1)
                _failures.Enqueue($"{index}: request {number} was answered twice");
        }
        catch (Exception exception)
        {
            _failures.Enqueue($"{index}: request {number} failed: {exception.Message}");
        }
        Interlocked.Decrement(ref _open);
    }

    public void Report(string failure) => _failures.Enqueue($"{index}: {failure}");

    public bool IsComplete => Volatile.Read(ref _open) == 0 && Up.IsComplete && Down.IsComplete && Broadcasts.IsComplete;

    public IEnumerable<string> Faults =>
        [.. _failures, .. Up.Faults, .. Down.Faults, .. Broadcasts.Faults, .. _open == 0
            ? Array.Empty<string>()
            : [$"{index}: {_open} requests without answer"]];
}
