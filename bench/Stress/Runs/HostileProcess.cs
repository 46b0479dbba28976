using System.Diagnostics;

namespace HeliosStarling.Stress;

/// <summary>
/// The hostile clients, in a process with a low priority. Otherwise the normal clients would wait for that process and not for the server.
/// </summary>
internal sealed class HostileProcess : IAsyncDisposable
{
    private static readonly string[] s_nice = File.Exists("/usr/bin/nice") ? ["/usr/bin/nice", "-n", "10"] : [];

    private readonly Process _process;

    private HostileProcess(Process process) => _process = process;

    /// <summary>Starts the process. Completes when all clients are connected and the attack begins.</summary>
    public static async Task<HostileProcess> StartAsync(int port, int each, int seed, Settings settings)
    {
        string[] command =
        [
            .. s_nice,
            .. Cores.Pin(core: 1, [Environment.ProcessPath!, "hostile", $"{port}", $"{each}", $"{seed}", settings.Mode], settings.Pin),
        ];
        var process =
            Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        if (await process.StandardOutput.ReadLineAsync() is null) throw new InvalidOperationException("The hostile clients did not start.");
        return new HostileProcess(process);
    }

    /// <summary>The body of that process. Runs until the standard input ends.</summary>
    public static async Task RunAsync(int port, int each, int seed, string mode)
    {
        var maxMessageSize = new HeliosOptions().MaxMessageSize;
        var kinds = mode == "attack" ? new MemoryAttacks(maxMessageSize).All : NoisyNeighbors.All;
        await using var hostile = new HostileClients(port, kinds, each, seed);
        await hostile.AllConnected;
        await using var changing = mode == "attack" ? new ChangingAttackers(port, AllAttacks.Of(maxMessageSize), each, seed) : null;
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        Console.WriteLine(string.Join(", ", hostile.Disconnects) + (changing is null
            ? ""
            : $"; {changing.Counts.Values.Sum()} changing attacks of {changing.Counts.Count} kinds{changing.Fault}"));
    }

    /// <summary>Ends the attack.</summary>
    /// <returns>The number of disconnected clients by kind and close code.</returns>
    public async Task<string> StopAsync()
    {
        _process.StandardInput.Close();
        return await _process.StandardOutput.ReadLineAsync() ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        // The process ends when its input ends, and its output ends with it.
        await _process.StandardOutput.ReadToEndAsync();
        _process.Dispose();
    }
}
