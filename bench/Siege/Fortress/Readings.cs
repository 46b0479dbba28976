using System.Diagnostics;

namespace HeliosStarling.Siege;

/// <summary>What a server holds at one moment.</summary>
internal sealed record Readings
{
    public int Connections { get; init; }
    public int Connected { get; init; }
    public int Starlings { get; init; }
    public int Held { get; init; }
    public int Groups { get; init; }

    /// <summary>Bytes out of the pool: all that waits for peers.</summary>
    public long Buffered { get; init; }
    public long OutboxMessages { get; init; }
    public long LargestOutbox { get; init; }
    public int MostMessagesOfOne { get; init; }
    public int MostRequestsOfOne { get; init; }
    public long StateBytes { get; init; }

    /// <summary>Sockets that have not become connections, those that wait for a refusal included.</summary>
    public int Opening { get; init; }
    public int Running { get; init; }
    public int Waiting { get; init; }
    public int Blocking { get; init; }
    public int WaitingToBlock { get; init; }
    public long WorkingSet { get; init; }
    public long PeakWorkingSet { get; init; }
    public long Heap { get; init; }
    public int Handles { get; init; }
    public int Threads { get; init; }
    public double CpuSeconds { get; init; }
    public long Broadcasts { get; init; }
    public Peaks? Peaks { get; init; }

    /// <summary>How often handlers' tasks read what they were given after their handlers.</summary>
    public long LateReads { get; init; }

    /// <summary>The first of these reads that showed something else; null when none did.</summary>
    public string? LateReadFault { get; init; }

    public static Readings Take(Helios helios, HeliosListener listener)
    {
        using var process = Process.GetCurrentProcess();
        var sessions = helios.Starlings.ToArray().Select(starling => starling.Session).ToList();
        var lanes = helios.Engine.Lanes;
        return new Readings
        {
            Connections = helios.Connections.Count,
            Connected = helios.Starlings.ConnectedCount,
            Starlings = helios.Starlings.TotalCount,
            Held = helios.Node.Held.Count,
            Groups = helios.Starlings.GroupCount,
            Buffered = helios.Engine.Buffers.Rented,
            OutboxMessages = sessions.Sum(session => (long)session.Outbox.Count),
            LargestOutbox = sessions.Select(session => session.Outbox.Bytes).DefaultIfEmpty().Max(),
            MostMessagesOfOne = sessions.Select(session => session.Outbox.Count).DefaultIfEmpty().Max(),
            MostRequestsOfOne = sessions.Select(session => session.Inbound.Count).DefaultIfEmpty().Max(),
            StateBytes = helios.Options.StateStore is InMemoryStateStore store ? store.Bytes : 0,
            Opening = listener.Places.Opening.Count + listener.Places.Refusing.Count,
            Running = lanes.Pool.Running,
            Waiting = lanes.Pool.Waiting,
            Blocking = lanes.Threads.Running,
            WaitingToBlock = lanes.Threads.Waiting,
            WorkingSet = process.WorkingSet64,
            PeakWorkingSet = process.PeakWorkingSet64,
            Heap = GC.GetTotalMemory(forceFullCollection: false),
            Handles = process.HandleCount,
            Threads = process.Threads.Count,
            CpuSeconds = process.TotalProcessorTime.TotalSeconds,
        };
    }
}
