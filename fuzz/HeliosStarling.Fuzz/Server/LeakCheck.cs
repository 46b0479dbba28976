using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Fuzz;

/// <summary>Checks that a server holds only the verifying clients' objects after all other clients have left.</summary>
internal sealed class LeakCheck(FuzzServer server)
{
    private static readonly FieldInfo s_waiters =
        typeof(FakeTimeProvider).GetField("Waiters", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private static readonly PropertyInfo s_count = s_waiters.FieldType.GetProperty("Count")!;

    // The smallest number of timers so far.
    private int _timers = int.MaxValue;

    /// <summary>Whether all connections of other clients have ended, and some of their starlings are still held.</summary>
    public bool WaitsForClock =>
        ConnectionsOf(server.Helios.Connections) == server.VerifyingClients.Count && server.Helios.Node.Held.Count > 0;

    /// <summary>The objects that other clients have left behind, as text; null when there are none.</summary>
    public string? FindLeaks()
    {
        var helios = server.Helios;
        var clients = server.VerifyingClients.Count;
        var timers = Timers;
        (string Name, long Is, long Due)[] all =
        [
            ("connections", ConnectionsOf(helios.Connections), clients),
            ("connected starlings", helios.Starlings.ConnectedCount, clients),
            ("starlings", helios.Starlings.TotalCount, clients),
            ("held starlings", helios.Node.Held.Count, 0),
            ("connections not linked", UnlinkedOf(helios.Connections).Count, 0),
            ("groups", GroupsOf(helios.Starlings).Count, 1),
            ("running requests", helios.Engine.Lanes.Pool.Running + helios.Engine.Lanes.Threads.Running, 0),
            ("waiting requests", helios.Engine.Lanes.Pool.Waiting + helios.Engine.Lanes.Threads.Waiting, 0),
            (
                "rented bytes",
                helios.Engine.Buffers.Rented,
                helios.Starlings.ToArray().Sum(static starling => starling.Groups.Sum(KeptNames.SizeOf))),
            ("timers", timers, Math.Min(timers, _timers)),
        ];
        var left = Array.FindAll(all, one => one.Is != one.Due);
        if (left.Length == 0) _timers = timers;
        return left.Length == 0 ? null : string.Join(
            ", ", left.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Is} instead of {one.Due}")));
    }

    private int Timers => (int)s_count.GetValue(s_waiters.GetValue(server.Time))!;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_count")]
    private static extern ref int ConnectionsOf(Connections connections);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unlinked")]
    private static extern ref ConcurrentDictionary<WebSocketConnection, byte> UnlinkedOf(Connections connections);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_groups")]
    private static extern ref ConcurrentDictionary<string, StarlingSet> GroupsOf(Starlings starlings);
}
