namespace HeliosStarling.Load;

/// <summary>One measurement of the suite.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Unit">The unit of the rate.</param>
/// <param name="Arguments">The arguments of the load generator.</param>
/// <param name="Suits">Selects the peers that are measured.</param>
internal sealed record Work(string Name, string Unit, string[] Arguments, Func<Peer, bool> Suits)
{
    private static readonly Func<Peer, bool> s_all = static _ => true;
    private static readonly Func<Peer, bool> s_broadcasters = static peer => peer is { Broadcasts: true, IsSecure: false };
    private static readonly Func<Peer, bool> s_ours = static peer => peer is { Dialect: "helios", Name: "helios lean" };

    /// <summary>Measured in turn, in one process of each peer.</summary>
    public static IReadOnlyList<Work> Throughput { get; } =
    [
        new("echo, 50 connections, 16 in flight", "requests", ["echo", "--connections", "50", "--in-flight", "16"], s_all),
        new("echo, 50 connections, 1 in flight", "requests", ["echo", "--connections", "50", "--in-flight", "1"], s_all),
        new(
            "echo, 5,000 connections, 1 in flight",
            "requests",
            ["echo", "--connections", "5000", "--in-flight", "1"],
            peer => peer is { Dialect: "helios", IsSecure: false }),
        new("broadcast to 200", "deliveries", ["fan-out", "--connections", "200", "--in-flight", "4"], s_broadcasters),
        new("broadcast to 1,000", "deliveries", ["fan-out", "--connections", "1000", "--in-flight", "4"], s_broadcasters),
        new("broadcast to 10,000", "deliveries", ["fan-out", "--connections", "10000", "--in-flight", "2"], s_ours),
        new(
            "broadcast to 1 % of 10,000 by a filter",
            "deliveries",
            ["fan-out", "--connections", "10000", "--in-flight", "4", "--members", "100", "--filtered"],
            s_ours),
        new(
            "broadcast to a group of 100 among 10,000",
            "deliveries",
            ["fan-out", "--connections", "10000", "--in-flight", "4", "--members", "100"],
            s_ours),
    ];

    /// <summary>Measured in a new process each.</summary>
    public static IReadOnlyList<Work> Fresh { get; } =
    [
        new("10,000 idle connections", "bytes each", ["idle", "--connections", "10000"], s_broadcasters),
        new(
            "10,000 idle connections, resume",
            "bytes each",
            ["idle", "--connections", "10000", "--resume"],
            peer => peer is { Dialect: "helios", IsSecure: false }),
        new("recovery of 1,000", "recoveries", ["storm", "--connections", "1000"], s_ours),
        new("recovery of 10,000", "recoveries", ["storm", "--connections", "10000"], s_ours),
    ];
}
