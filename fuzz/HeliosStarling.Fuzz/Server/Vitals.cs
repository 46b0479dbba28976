using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Fuzz;

/// <summary>What a server holds, which must be the bystanders' alone once everybody else is gone.</summary>
internal sealed class Vitals(FuzzServer server)
{
    private static readonly FieldInfo s_waiters =
        typeof(FakeTimeProvider).GetField("Waiters", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private static readonly PropertyInfo s_count = s_waiters.FieldType.GetProperty("Count")!;

    // The fewest so far.
    private int _timers = int.MaxValue;

    /// <summary>Whether all connections are gone that should be, and not all of their starlings.</summary>
    public bool WaitsForClock => ConnectionsOf(server.Helios.Connections) == server.Bystanders.Count && server.Helios.Node.Held.Count > 0;

    /// <summary>What is left of those who are gone; null when nothing is.</summary>
    public string? FindLeft()
    {
        var helios = server.Helios;
        var bystanders = server.Bystanders.Count;
        var timers = Timers;
        (string Name, long Is, long Due)[] all =
        [
            ("connections", ConnectionsOf(helios.Connections), bystanders),
            ("connected starlings", helios.Starlings.ConnectedCount, bystanders),
            ("starlings", helios.Starlings.TotalCount, bystanders),
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
