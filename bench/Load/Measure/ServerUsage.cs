using System.Globalization;

namespace HeliosStarling.Load;

/// <summary>Processor time and memory of a server's process, read from <c>/proc</c>.</summary>
internal sealed class ServerUsage(int pid)
{
    private const double TicksPerSecond = 100;

    /// <summary>The processor time so far.</summary>
    public double CpuSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name is in parentheses and may contain spaces.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>The number of cores that the process may use.</summary>
    public int Cores { get; } = Line(pid, "Cpus_allowed:")
        .Replace(",", "", StringComparison.Ordinal)
        .Sum(static digit => int.PopCount(Convert.ToInt32(digit.ToString(), 16)));

    /// <summary>The resident memory in bytes.</summary>
    public long ResidentBytes => 1024 * Number(Line(pid, "VmRSS:").Split(' ')[0]);

    private static string Line(int pid, string name) =>
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
