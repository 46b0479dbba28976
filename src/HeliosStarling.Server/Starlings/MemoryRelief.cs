using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Gives up held starlings when memory is short: nobody is there to take what they keep.</summary>
/// <param name="held">The held starlings.</param>
/// <param name="pool">Counts what all have.</param>
/// <param name="logger">Told of what was given up.</param>
/// <remarks>
/// Safe to call concurrently. One search runs at a time; one that found nothing for a party is followed by its next after the next tick.
/// </remarks>
internal sealed class MemoryRelief(HeldStarlings held, BufferPool pool, ILogger logger)
{
    // One that has less is as cheap as any connection, and its client loses more than others gain.
    private const int LeastWorth = 4 * 1024;

    private int _isUnderWay;
    private int _ticks;

    /// <summary>Somebody of a party finds nearly nothing left. Takes note, and gives up starlings elsewhere.</summary>
    public void Ask(PartyMemory party)
    {
        if (party.LastEmptySearch == Volatile.Read(ref _ticks) || held.IsEmpty || Interlocked.Exchange(ref _isUnderWay, 1) != 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Relief.Run(state.Party), (Relief: this, Party: party), preferLocal: false);
    }

    /// <summary>Time has passed: there may be something to give up now.</summary>
    public void OnTick() => Interlocked.Increment(ref _ticks);

    private void Run(PartyMemory party)
    {
        try
        {
            var ticks = Volatile.Read(ref _ticks);
            var count = pool.IsShort ? GiveUpOfMost(party) : GiveUpOwn(party);
            if (count > 0) logger.HeldGivenUp(count);
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

    /// <summary>Others have left enough: a party that has its share makes room for itself.</summary>
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

    /// <summary>The parties that hold most make room for one that has no more than they.</summary>
    private int GiveUpOfMost(PartyMemory party)
    {
        var parties = held.LongestFirst().Where(IsWorth).GroupBy(static starling => starling.Session.Outbox.Memory.Party!)
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

    private static bool IsOf(Starling starling, PartyMemory party) => starling.Session.Outbox.Memory.Party == party && IsWorth(starling);

    private static bool IsWorth(Starling starling) => starling.Session.Outbox.Memory is { Party: not null, Total: >= LeastWorth };

    private static long BytesOf(Starling starling) => starling.Session.Outbox.Memory.Total;
}
