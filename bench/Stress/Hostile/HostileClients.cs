using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Stress;

/// <summary>Hostile clients. They attack when all are connected; a client that is disconnected reconnects after a second.</summary>
internal sealed class HostileClients : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Not the address of the normal clients.
    private static readonly IPAddress s_elsewhere = new([127, 0, 0, 2]);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _disconnects = new();
    private readonly List<Task> _running = [];
    private readonly TaskCompletionSource _allConnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _port;
    private int _coming;
    private int _inside;

    /// <param name="port">The server's port.</param>
    /// <param name="kinds">The kinds of hostile clients.</param>
    /// <param name="ofEach">The number of clients of each kind.</param>
    /// <param name="seed">Makes a run repeatable.</param>
    public HostileClients(int port, IEnumerable<HostileKind> kinds, int ofEach, int seed)
    {
        var all = kinds.ToList();
        (_port, _coming) = (port, all.Count * ofEach);
        foreach (var kind in all)
            _running.AddRange(Enumerable.Range(0, ofEach).Select(i => Task.Run(() => RunAsync(kind, new Random(seed + i)))));
    }

    /// <summary>How many attack.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>
    /// How often clients of each kind were disconnected, by close code. 0: no close frame; "refused": the upgrade was refused.
    /// </summary>
    public IEnumerable<string> Disconnects =>
        _disconnects.OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => $"{end.Key} x {end.Value}");

    /// <summary>Completes when all clients are connected and the attack begins.</summary>
    public Task AllConnected => _allConnected.Task;

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
        if (isFirst && Interlocked.Decrement(ref _coming) == 0) _allConnected.TrySetResult();
        if (connection is not null)
        {
            await WaitForOthersAsync(connection);
            await AttackAsync(kind, connection, random);
            if (!_stop.IsCancellationRequested) Count(kind, $"{connection.CloseCode}");
            connection.Reset();
        }
        await SwallowAsync(Task.Delay(s_pause, _stop.Token));
    }

    /// <summary>Answers pings while it waits; otherwise the server would disconnect the client.</summary>
    private async Task WaitForOthersAsync(RawConnection connection)
    {
        using var begin = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var reading = SwallowAsync(ReadAsync(connection, begin.Token));
        await SwallowAsync(_allConnected.Task.WaitAsync(_stop.Token));
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
        // After a failed send the client may still receive a close frame with the reason.
        if (kind.Reads) await Task.WhenAny(read, Task.Delay(s_pause));
        await end.CancelAsync();
        await Task.WhenAll(attack, SwallowAsync(read));
        Interlocked.Decrement(ref _inside);
    }

    private void Count(HostileKind kind, string end) => _disconnects.AddOrUpdate($"{kind.Name}: {end}", 1, static (_, count) => count + 1);

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
            // Disconnected or stopped.
        }
    }
}
