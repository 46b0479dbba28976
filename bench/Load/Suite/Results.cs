using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HeliosStarling.Load;

/// <summary>All results, as a page.</summary>
internal sealed class Results
{
    private readonly List<(Peer Peer, Work Work, Result Result)> _all = [];
    private readonly List<(Peer Peer, Work Work)> _refused = [];
    private readonly List<string> _skipped = [];

    public void Add(Peer peer, Work work, Result result) => _all.Add((peer, work, result));

    /// <summary>A round in which the load generator was saturated, or the peer failed.</summary>
    public void Refuse(Peer peer, Work work) => _refused.Add((peer, work));

    public void Skip(string what)
    {
        _skipped.Add(what);
        Console.WriteLine("skipped: " + what);
    }

    public string ToMarkdown(SuiteSettings settings)
    {
        var page = new StringBuilder();
        page.AppendLine("# Results").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"One run of `./bench.sh`: medians of {settings.Rounds} rounds in which all peers take turns, {settings.Seconds} s each after at least {settings.WarmUp} s of warm-up; idle memory and");
        page.AppendLine("recoveries once, in a fresh process. Plaintext unless it says TLS; a text of about 100 bytes and a room as JSON. Ratios are those of one run on one machine; absolute figures");
        page.AppendLine("are those of this machine.").AppendLine();
        page.AppendLine(
            CultureInfo.InvariantCulture, $"- {Machine()}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        page.AppendLine(
            "- the server has core 0, the load generator the others; it spins, and refuses to report when it has nothing to spare");
        page.AppendLine("- .NET peers: workstation collector, concurrent, otherwise as it comes");
        page.AppendLine("- × Bun is beside Bun with the same protocol by hand, which reads and writes the bytes that Helios does; JSON by hand is a smaller message of its own");
        page.AppendLine("- CPU is the server process's own, user and kernel").AppendLine();
        foreach (var work in _all.Select(it => it.Work).Distinct()) AppendWork(page, work);
        foreach (var ((peer, work), refused) in _refused.CountBy(it => it))
        {
            var rounds = refused + _all.Count(it => it.Peer == peer && it.Work == work);
            page.AppendLine(CultureInfo.InvariantCulture, $"- {peer.Name}, {work.Name}: {refused} of {rounds} rounds refused, as the load generator was saturated or the peer failed");
        }
        foreach (var skipped in _skipped.Distinct()) page.AppendLine(CultureInfo.InvariantCulture, $"- not measured: {skipped}");
        return page.ToString();
    }

    private void AppendWork(StringBuilder page, Work work)
    {
        var rows = _all.Where(it => it.Work == work)
            .GroupBy(it => it.Peer)
            .Select(group => (Peer: group.Key, Median: Median([.. group.Select(it => it.Result)])))
            .ToList();
        var (bun, signalR) = (Rate(rows, Peer.SameProtocol), Rate(rows, "SignalR"));
        page.AppendLine(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(work.Name[0])}{work.Name[1..]}").AppendLine();
        if (work.Unit == "bytes each")
        {
            page.AppendLine("| peer | bytes each | of SignalR's |").AppendLine("|---|---|---|");
            foreach (var (peer, median) in rows) page.AppendLine(
                CultureInfo.InvariantCulture, $"| {peer.Name} | {median.Rate:N0} | {Ratio(median.Rate, signalR)} |");
        }
        else
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| peer | {work.Unit}/s | × Bun | × SignalR | CPU µs each | p50 µs | p99 µs | p99.9 µs | RSS MB |").AppendLine("|---|---|---|---|---|---|---|---|---|");
            foreach (var (peer, median) in rows)
                page.AppendLine(CultureInfo.InvariantCulture, $"| {peer.Name} | {median.Rate:N0} | {Ratio(median.Rate, bun)} | {Ratio(median.Rate, signalR)} | {median.CpuMicroseconds:F2} | {median.P50:N0} | {median.P99:N0} | {median.P999:N0} | {median.ResidentMegabytes:N0} |");
        }
        page.AppendLine();
    }

    private static double? Rate(List<(Peer Peer, Result Median)> rows, string name) => rows.Find(row => row.Peer.Name == name).Median?.Rate;

    private static string Ratio(double rate, double? other) =>
        other is > 0 ? (rate / other.Value).ToString("F2", CultureInfo.InvariantCulture) : "";

    private static Result Median(List<Result> results) => results.OrderBy(result => result.Rate).ElementAt(results.Count / 2);

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        return $"{Environment.ProcessorCount} cores of {model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB";
    }
}
