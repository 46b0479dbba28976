using System.Diagnostics;

namespace HeliosStarling.Stress;

/// <summary>The counters of a server at one moment.</summary>
internal sealed record ServerSnapshot
{
    public int Connections { get; init; }
    public int Connected { get; init; }
    public int Starlings { get; init; }
    public int Held { get; init; }
    public int Groups { get; init; }

    /// <summary>Bytes rented from the pool: everything that waits in memory for peers.</summary>
    public long Buffered { get; init; }
    public long OutboxMessages { get; init; }
    public long LargestOutbox { get; init; }
    public int MostMessagesOfOne { get; init; }
    public int MostRequestsOfOne { get; init; }
    public long StateBytes { get; init; }

    /// <summary>Sockets whose upgrade is not finished, including those that wait for a refusal.</summary>
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

    /// <summary>The number of reads of a context or payload after its handler had ended.</summary>
    public long LateReads { get; init; }

    /// <summary>The first of these reads that returned another message's data; null when none did.</summary>
    public string? LateReadFault { get; init; }

    public static ServerSnapshot Take(Helios helios, HeliosListener listener)
    {
        using var process = Process.GetCurrentProcess();
        var sessions = helios.Starlings.ToArray().Select(starling => starling.Session).ToList();
        var lanes = helios.Engine.Lanes;
        return new ServerSnapshot
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
