using System.Collections.Concurrent;
using System.Net.Sockets;

namespace HeliosStarling.Siege;

/// <summary>All the hostile ones; whoever is thrown out comes back a second later.</summary>
internal sealed class Horde : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _ends = new();
    private readonly List<Task> _running = [];
    private readonly int _port;
    private int _inside;

    /// <param name="port">The server's.</param>
    /// <param name="kinds">What they do.</param>
    /// <param name="ofEach">How many of each kind.</param>
    /// <param name="seed">Repeats a run.</param>
    public Horde(int port, IEnumerable<HostileKind> kinds, int ofEach, int seed)
    {
        _port = port;
        foreach (var kind in kinds)
            _running.AddRange(Enumerable.Range(0, ofEach).Select(i => Task.Run(() => RunAsync(kind, new Random(seed + i)))));
    }

    /// <summary>How many are connected.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>How often each kind lost its connection, by close code; 0 stands for a cut, "refused" for an upgrade.</summary>
    public IEnumerable<string> Ends => _ends.Order().Select(end => $"{end.Key} x {end.Value}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task RunAsync(HostileKind kind, Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(kind, random);
                await Task.Delay(Pause, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                // Over.
            }
        }
    }

    private async Task RunOnceAsync(HostileKind kind, Random random)
    {
        RawConnection connection;
        try
        {
            connection = await RawConnection.ConnectAsync(_port, receiveBuffer: kind.ReceiveBuffer);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            Count(kind, "refused");
            return;
        }
        Interlocked.Increment(ref _inside);
        await AttackAsync(kind, connection, random);
        Interlocked.Decrement(ref _inside);
        if (!_stop.IsCancellationRequested) Count(kind, $"{connection.CloseCode}");
        connection.Reset();
    }

    private async Task AttackAsync(HostileKind kind, RawConnection connection, Random random)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var attack = SwallowAsync(kind.Attack(connection, random, end.Token));
        var read = kind.Reads ? SwallowAsync(ReadAsync(connection, end.Token)) : Task.Delay(Timeout.InfiniteTimeSpan, end.Token);
        await Task.WhenAny(attack, read);
        // One whose sends fail may still find a close frame that says why.
        if (kind.Reads) await Task.WhenAny(read, Task.Delay(Pause));
        await end.CancelAsync();
        await Task.WhenAll(attack, SwallowAsync(read));
    }

    private void Count(HostileKind kind, string end) => _ends.AddOrUpdate($"{kind.Name}: {end}", 1, static (_, count) => count + 1);

    private static async Task ReadAsync(RawConnection connection, CancellationToken stop)
    {
        while (await connection.ReceiveAsync(stop) is not null)
        {
        }
    }

    private static async Task SwallowAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Thrown out, or all is over.
        }
    }
}
