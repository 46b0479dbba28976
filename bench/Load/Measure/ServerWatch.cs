using System.Globalization;

namespace HeliosStarling.Load;

/// <summary>What a server's process takes of the machine, as the kernel counts it.</summary>
internal sealed class ServerWatch(int pid)
{
    private const double TicksPerSecond = 100;

    /// <summary>Its processor time so far.</summary>
    public double CpuSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name, in parentheses, may hold spaces.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>The memory that it has now, in bytes.</summary>
    public long ResidentBytes => 1024 * Number(File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
