using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Load;

/// <summary>A peer in its own process, on the first core of several.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process, Uri address, int pid) => (_process, Address, Pid) = (process, address, pid);

    public Uri Address { get; }

    public int Pid { get; }

    /// <summary>Starts a peer and waits until it listens. Null when it is not installed.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="forgets">Whether the peer drops the clients of one measurement before the next one.</param>
    public static PeerProcess? Start(Peer peer, bool forgets)
    {
        var port = FreePort();
        if (peer.Command(port) is not { } command) return null;
        var process = Launch(core: 0, forgets && peer.Dialect == "helios" ? [.. command, "--held", "1"] : command);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith("ready ", StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            // taskset executes the program in its own process, so the id is the peer's.
            return new PeerProcess(process, new Uri($"{(peer.IsSecure ? "https" : "http")}://127.0.0.1:{port}"), process.Id);
        }
        throw new IOException($"{peer.Name} did not start.");
    }

    /// <summary>Measures with a load generator in its own process, on the other cores.</summary>
    public Result? Measure(Peer peer, Work work, double warmUp, double seconds)
    {
        using var load = Launch(
            core: 1, [Environment.ProcessPath!, .. work.Arguments, "--peer", peer.Dialect, "--url", $"{Address}", "--pid", $"{Pid}",
                "--warm-up", FormattableString.Invariant($"{warmUp}"), "--seconds", FormattableString.Invariant($"{seconds}"), "--json"]);
        var output = load.StandardOutput.ReadToEnd();
        load.WaitForExit();
        return load.ExitCode == 0 ? System.Text.Json.JsonSerializer.Deserialize<Result>(output) : null;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Launch(int core, string[] command)
    {
        string[] pinned = Environment.ProcessorCount > 1 && File.Exists("/usr/bin/taskset")
            ? ["/usr/bin/taskset", "-c", core == 0 ? "0" : $"1-{Environment.ProcessorCount - 1}", .. command]
            : command;
        var start = new ProcessStartInfo(pinned[0], pinned[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
