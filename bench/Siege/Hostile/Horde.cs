using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Siege;

/// <summary>All the hostile ones: they attack once all are there, and a client that is thrown out comes back a second later.</summary>
internal sealed class Horde : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Another address of this machine than the innocents', as attackers have.
    private static readonly IPAddress s_elsewhere = new([127, 0, 0, 2]);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _ends = new();
    private readonly List<Task> _running = [];
    private readonly TaskCompletionSource _assembled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _port;
    private int _coming;
    private int _inside;

    /// <param name="port">The server's.</param>
    /// <param name="kinds">What they do.</param>
    /// <param name="ofEach">How many of each kind.</param>
    /// <param name="seed">Repeats a run.</param>
    public Horde(int port, IEnumerable<HostileKind> kinds, int ofEach, int seed)
    {
        var all = kinds.ToList();
        (_port, _coming) = (port, all.Count * ofEach);
        foreach (var kind in all)
            _running.AddRange(Enumerable.Range(0, ofEach).Select(i => Task.Run(() => RunAsync(kind, new Random(seed + i)))));
    }

    /// <summary>How many attack.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>How often each kind lost its connection, by close code; 0 stands for a cut, "refused" for an upgrade.</summary>
    public IEnumerable<string> Ends => _ends.OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => $"{end.Key} x {end.Value}");

    /// <summary>Completes when all have come and the attack begins.</summary>
    public Task Assembled => _assembled.Task;

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    private async Task RunAsync(HostileKind kind, Random random)
    {
        for (var isFirst = true; !_stop.IsCancellationRequested; isFirst = false) await RunOnceAsync(kind, random, isFirst);
    }

    private async Task RunOnceAsync(HostileKind kind, Random random, bool isFirst)
    {
        var connection = await TryConnectAsync(kind);
        if (isFirst && Interlocked.Decrement(ref _coming) == 0) _assembled.TrySetResult();
        if (connection is not null)
        {
            await WaitForOthersAsync(connection);
            await AttackAsync(kind, connection, random);
            if (!_stop.IsCancellationRequested) Count(kind, $"{connection.CloseCode}");
            connection.Reset();
        }
        await SwallowAsync(Task.Delay(s_pause, _stop.Token));
    }

    /// <summary>Answers pings meanwhile, or it would be thrown out before it begins.</summary>
    private async Task WaitForOthersAsync(RawConnection connection)
    {
        using var begin = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var reading = SwallowAsync(ReadAsync(connection, begin.Token));
        await SwallowAsync(_assembled.Task.WaitAsync(_stop.Token));
        await begin.CancelAsync();
        await reading;
    }

    private async Task<RawConnection?> TryConnectAsync(HostileKind kind)
    {
        try
        {
            return await RawConnection.ConnectAsync(_port, receiveBuffer: kind.ReceiveBuffer, from: s_elsewhere);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            Count(kind, "refused");
            return null;
        }
    }

    private async Task AttackAsync(HostileKind kind, RawConnection connection, Random random)
    {
        Interlocked.Increment(ref _inside);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var attack = SwallowAsync(kind.Attack(connection, random, end.Token));
        var read = kind.Reads ? SwallowAsync(ReadAsync(connection, end.Token)) : Task.Delay(Timeout.InfiniteTimeSpan, end.Token);
        await Task.WhenAny(attack, read);
        // One whose sends fail may still find a close frame that says why.
        if (kind.Reads) await Task.WhenAny(read, Task.Delay(s_pause));
        await end.CancelAsync();
        await Task.WhenAll(attack, SwallowAsync(read));
        Interlocked.Decrement(ref _inside);
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
