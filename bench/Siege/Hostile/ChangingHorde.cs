using System.Collections.Concurrent;

namespace HeliosStarling.Siege;

/// <summary>Attackers who choose another attack again and again, and connect and leave as they like.</summary>
internal sealed class ChangingHorde : IAsyncDisposable
{
    private static readonly int[] s_milliseconds = [20, 100, 400, 1_500];

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly List<Task> _running = [];
    private readonly int _port;
    private readonly IReadOnlyList<Attack> _attacks;

    /// <param name="port">The server's.</param>
    /// <param name="attacks">What they choose from.</param>
    /// <param name="count">How many attack at the same time.</param>
    /// <param name="seed">Repeats their choices.</param>
    public ChangingHorde(int port, IReadOnlyList<Attack> attacks, int count, int seed)
    {
        (_port, _attacks) = (port, attacks);
        _running.AddRange(Enumerable.Range(0, count).Select(i => Task.Run(() => RunAsync(i, new Random(unchecked((seed * 1000) + i))))));
    }

    /// <summary>How often each attack was begun.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>The first fault of an attacker's own; null when there was none.</summary>
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
        // Together they begin with all there are.
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
        catch (Exception exception) when (Attacker.Ends(exception))
        {
            // Thrown out, refused, or time for something else.
        }
        catch (Exception exception)
        {
            Fault ??= exception;
        }
        // Refused ones would else do nothing but ask again.
        await Task.Delay(attacker.Random.Next(1, 30), CancellationToken.None);
    }
}
