using System.Diagnostics;

namespace HeliosStarling.Siege;

/// <summary>
/// The hostile ones in a process of their own, which gives way to the innocents': else those would wait for it and not for the server.
/// </summary>
internal sealed class HordeProcess : IAsyncDisposable
{
    private static readonly string[] s_nice = File.Exists("/usr/bin/nice") ? ["/usr/bin/nice", "-n", "10"] : [];

    private readonly Process _process;

    private HordeProcess(Process process) => _process = process;

    /// <summary>Starts it; completes when all have come and the attack begins.</summary>
    public static async Task<HordeProcess> StartAsync(int port, int each, int seed, Settings settings)
    {
        string[] command =
        [
            .. s_nice,
            .. Cores.Pin(core: 1, [Environment.ProcessPath!, "horde", $"{port}", $"{each}", $"{seed}", settings.Mode], settings.Pin),
        ];
        var process =
            Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        if (await process.StandardOutput.ReadLineAsync() is null) throw new InvalidOperationException("The horde did not start.");
        return new HordeProcess(process);
    }

    /// <summary>What runs in that process, until its input ends.</summary>
    public static async Task RunAsync(int port, int each, int seed, string mode)
    {
        var maxMessageSize = new HeliosOptions().MaxMessageSize;
        await using var horde = new Horde(port, mode == "attack" ? new Attackers(maxMessageSize).All : Neighbors.All, each, seed);
        await horde.Assembled;
        await using var changing = mode == "attack" ? new ChangingHorde(port, AllAttacks.Of(maxMessageSize), each, seed) : null;
        Console.WriteLine("assembled");
        await Console.In.ReadToEndAsync();
        Console.WriteLine(string.Join(", ", horde.Ends) + (changing is null
            ? ""
            : $"; {changing.Counts.Values.Sum()} changing attacks of {changing.Counts.Count} kinds{changing.Fault}"));
    }

    /// <summary>Ends the attack.</summary>
    /// <returns>Who was thrown out, by close code.</returns>
    public async Task<string> StopAsync()
    {
        _process.StandardInput.Close();
        return await _process.StandardOutput.ReadLineAsync() ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        // Its input has ended, and with it the process; its output ends when it does.
        await _process.StandardOutput.ReadToEndAsync();
        _process.Dispose();
    }
}
