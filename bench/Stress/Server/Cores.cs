using System.Diagnostics;

namespace HeliosStarling.Stress;

/// <summary>Pins processes to cores. Without that, load and server compete for the same core and results cannot be repeated.</summary>
internal static class Cores
{
    private static readonly bool s_canPin = Environment.ProcessorCount >= 2 && File.Exists("/usr/bin/taskset");

    /// <summary>Wraps a command so that it runs on one core.</summary>
    public static string[] Pin(int core, string[] command, bool pin) =>
        pin && s_canPin ? ["/usr/bin/taskset", "-c", $"{core}", .. command] : command;

    /// <summary>Moves this process, with all its threads, to one core.</summary>
    /// <returns>A text to print.</returns>
    public static async Task<string> PinSelfAsync(int core, bool pin)
    {
        if (!pin || !s_canPin) return "not pinned";
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/taskset", ["-apc", $"{core}", $"{Environment.ProcessId}"]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? $"server pinned to core 0, load to core {core}" : "not pinned";
    }
}
