namespace HeliosStarling.Load;

/// <summary>Somebody to compare, and how it is started.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Dialect">How it is spoken to.</param>
/// <param name="Command">What starts it on a port, or null when it is not installed.</param>
/// <param name="IsSecure">Whether over TLS.</param>
internal sealed record Peer(string Name, string Dialect, Func<int, string[]?> Command, bool IsSecure = false)
{
    /// <summary>Whether it broadcasts.</summary>
    public bool Broadcasts => Dialect is "helios" or "signalr" or "bun" or "bun-helios" or "socketio";

    /// <summary>The peer whose bytes are those of Helios, in and out: whom the others are compared with.</summary>
    public const string SameProtocol = "Bun, the same protocol by hand";

    /// <summary>Where the benches are.</summary>
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
