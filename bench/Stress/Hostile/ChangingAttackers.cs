using System.Collections.Concurrent;

namespace HeliosStarling.Stress;

/// <summary>Clients that run randomly chosen attacks, one after another.</summary>
internal sealed class ChangingAttackers : IAsyncDisposable
{
    private static readonly int[] s_milliseconds = [20, 100, 400, 1_500];

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly List<Task> _running = [];
    private readonly int _port;
    private readonly IReadOnlyList<Attack> _attacks;

    /// <param name="port">The server's port.</param>
    /// <param name="attacks">The attacks to choose from.</param>
    /// <param name="count">The number of clients that attack at the same time.</param>
    /// <param name="seed">Makes the choices repeatable.</param>
    public ChangingAttackers(int port, IReadOnlyList<Attack> attacks, int count, int seed)
    {
        (_port, _attacks) = (port, attacks);
        _running.AddRange(Enumerable.Range(0, count).Select(i => Task.Run(() => RunAsync(i, new Random(unchecked((seed * 1000) + i))))));
    }

    /// <summary>How often each attack was started.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>The first bug in an attack itself; null when there was none.</summary>
    public Exception? Fault { get; private set; }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    private async Task RunAsync(int index, Random random)
    {
        var attacker = new Attacker(_port, random);
        // The first attacks cover the whole list.
        for (var next = index % _attacks.Count; !_stop.IsCancellationRequested; next = random.Next(_attacks.Count))
            await AttackAsync(_attacks[next], attacker);
    }

    private async Task AttackAsync(Attack attack, Attacker attacker)
    {
        _counts.AddOrUpdate(attack.Name, 1, static (_, count) => count + 1);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        end.CancelAfter(s_milliseconds[attacker.Random.Next(s_milliseconds.Length)]);
        try
        {
            await attack.RunAsync(attacker, end.Token);
        }
        catch (Exception exception) when (Attacker.IsExpected(exception))
        {
            // Disconnected, refused, or its time is over.
        }
        catch (Exception exception)
        {
            Fault ??= exception;
        }
        // A pause, so that refused clients do not connect in a tight loop.
        await Task.Delay(attacker.Random.Next(1, 30), CancellationToken.None);
    }
}
