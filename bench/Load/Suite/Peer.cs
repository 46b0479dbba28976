namespace HeliosStarling.Load;

/// <summary>A server to compare, and how to start it.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Dialect">The name of its protocol.</param>
/// <param name="Command">Makes the command that starts it on a port, or null when it is not installed.</param>
/// <param name="IsSecure">Whether it serves over TLS.</param>
internal sealed record Peer(string Name, string Dialect, Func<int, string[]?> Command, bool IsSecure = false)
{
    /// <summary>Whether it can broadcast.</summary>
    public bool Broadcasts => Dialect is "helios" or "signalr" or "bun" or "bun-helios" or "socketio";

    /// <summary>The peer that reads and writes the same bytes as Helios. The others are compared with it.</summary>
    public const string SameProtocol = "Bun, the same protocol by hand";

    /// <summary>The folder of the benches.</summary>
    public static string Folder { get; } = FindBench();

    public static IReadOnlyList<Peer> All { get; } =
    [
        Ours("helios lean", "helios", "lean"),
        Ours("helios mapped", "helios", "mapped"),
        Ours("frames lean", "frames", "lean"),
        Ours("frames mapped", "frames", "mapped"),
        Ours("SignalR", "signalr", "mapped"),
        Ours("framework WebSocket, raw", "raw", "mapped"),
        Ours("helios lean, TLS", "helios", "lean", isSecure: true),
        Ours("helios mapped, TLS", "helios", "mapped", isSecure: true),
        Ours("SignalR, TLS", "signalr", "mapped", isSecure: true),
        new(SameProtocol, "bun-helios", port => Script("bun", "bun.js", port)),
        new("Bun, JSON by hand", "bun", port => Script("bun", "bun.js", port)),
        new("Bun, raw", "bun-raw", port => Script("bun", "bun.js", port)),
        new("Socket.IO on Node.js", "socketio", port => Script("node", "socketio.js", port)),
    ];

    private static Peer Ours(string name, string dialect, string listener, bool isSecure = false) => new(name, dialect, port =>
        [
            Path.Combine(Folder, "Peers", "bin", "Release", "net10.0", "Peers"),
            "--urls",
            $"{(isSecure ? "https" : "http")}://127.0.0.1:{port}",
            "--only",
            dialect,
            "--listener",
            listener,
        ], isSecure);

    private static string[]? Script(string runtime, string script, int port)
    {
        var folder = Path.Combine(Folder, "Peers", "js");
        var bun = Path.Combine(folder, "node_modules", "bun", "bin", "bun.exe");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", runtime == "bun" ? "bun" : "socket.io"))
            || (runtime == "bun" && !File.Exists(bun))) return null;
        return [runtime == "bun" ? bun : "node", Path.Combine(folder, script), $"{port}"];
    }

    private static string FindBench()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Helios.slnx"))) folder = folder.Parent;
        return Path.Combine(
            folder?.FullName ?? throw new DirectoryNotFoundException("Helios.slnx is in no folder above this program."), "bench");
    }
}
