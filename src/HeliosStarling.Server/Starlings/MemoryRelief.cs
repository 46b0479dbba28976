using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Forgets held starlings when memory is short, because no client is there to take their messages.</summary>
/// <param name="held">The held starlings.</param>
/// <param name="pool">Counts the memory of all.</param>
/// <param name="logger">Logs the number of forgotten starlings.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// Safe to call concurrently. One search runs at a time. After a search without result for a party, the next one waits for a tick.
/// </remarks>
internal sealed class MemoryRelief(HeldStarlings held, BufferPool pool, ILogger logger, TimeProvider time)
{
    // A starling below this size is not worth it: it costs as little as any connection, and its client would lose more than others gain.
    private const int MinWorth = 4 * 1024;

    private readonly WarningLimit _warnings = new(time);
    private int _isUnderWay;
    private int _ticks;

    /// <summary>Starts a search on another thread, because a party has almost no memory left.</summary>
    public void Ask(PartyMemory party)
    {
        if (party.LastEmptySearch == Volatile.Read(ref _ticks) || held.IsEmpty || Interlocked.Exchange(ref _isUnderWay, 1) != 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Relief.Run(state.Party), (Relief: this, Party: party), preferLocal: false);
    }

    /// <summary>Allows another search for parties whose last one found nothing.</summary>
    public void OnTick() => Interlocked.Increment(ref _ticks);

    private void Run(PartyMemory party)
    {
        try
        {
            var ticks = Volatile.Read(ref _ticks);
            var count = pool.IsShort ? GiveUpOfMost(party) : GiveUpOwn(party);
            if (count > 0 && _warnings.TryTake(out var unlogged)) logger.HeldGivenUp(count, unlogged);
            if (count == 0) party.LastEmptySearch = ticks;
        }
        catch (Exception exception)
        {
            logger.ConnectionFaulted(exception);
        }
        finally
        {
            Volatile.Write(ref _isUnderWay, 0);
        }
    }

    /// <summary>Forgets starlings of the party itself, which has used up its share while others have memory left.</summary>
    private int GiveUpOwn(PartyMemory party)
    {
        var count = 0;
        foreach (var starling in held.LongestFirst().Where(starling => IsOf(starling, party)))
        {
            if (!party.IsFull) break;
            starling.Life.Expire();
            count++;
        }
        return count;
    }

    /// <summary>Forgets starlings of the parties that hold most, except parties that have less than this one.</summary>
    private int GiveUpOfMost(PartyMemory party)
    {
        var parties = held.LongestFirst().Where(IsWorthIt).GroupBy(static starling => starling.Session.Outbox.Memory.Party!)
            .Where(other => other.Key.Bytes >= party.Bytes).Select(static other => new Queue<Starling>(other));
        var byBytes = new PriorityQueue<Queue<Starling>, long>(parties.Select(static all => (all, -all.Sum(BytesOf))));
        var count = 0;
        while (pool.IsShort && byBytes.TryDequeue(out var most, out var bytes))
        {
            var longest = most.Dequeue();
            bytes += BytesOf(longest);
            longest.Life.Expire();
            count++;
            if (most.Count > 0) byBytes.Enqueue(most, bytes);
        }
        return count;
    }

    private static bool IsOf(Starling starling, PartyMemory party) => starling.Session.Outbox.Memory.Party == party && IsWorthIt(starling);

    private static bool IsWorthIt(Starling starling) => starling.Session.Outbox.Memory is { Party: not null, Total: >= MinWorth };

    private static long BytesOf(Starling starling) => starling.Session.Outbox.Memory.Total;
}
