using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using HeliosStarling.Wire;

namespace HeliosStarling.Observability;

/// <summary>docs/observability.md lists all instruments and log events, and no others.</summary>
public partial class DocumentationTests
{
    private static readonly string s_page = File.ReadAllText(Repository.PathOf("docs", "observability.md"));

    [Fact]
    public async Task Instruments_OfAServer_AreThoseOfThePage()
    {
        using var probe = new MetricsProbe();
        await using var helios = probe.Attach(() => Helios.Create());

        var listed = InstrumentRow().Matches(s_page).Select(row => $"{row.Groups["name"]} {row.Groups["kind"]} {row.Groups["unit"]}");

        Assert.Equal(probe.Instruments.Select(one => $"{one.Name} {KindOf(one)} {one.Unit}").Order(), listed.Order());
    }

    [Fact]
    public void LogEvents_OfAllProjects_AreThoseOfThePage()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("src"), "*Log.cs", SearchOption.AllDirectories);
        var written = files.SelectMany(file => LogMessage().Matches(File.ReadAllText(file)))
            .Select(one => $"{one.Groups["id"]} {one.Groups["name"]} {one.Groups["level"]} {one.Groups["text"]}");

        var listed = LogRow()
            .Matches(s_page)
            .Select(row => $"{row.Groups["id"]} {row.Groups["name"]} {row.Groups["level"]} {row.Groups["text"]}");

        Assert.Equal(written.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        Counter<long> => "counter",
        ObservableUpDownCounter<int> or ObservableUpDownCounter<long> => "up-down",
        _ => instrument.GetType().Name,
    };

    [GeneratedRegex(@"^\| `(?<name>(helios|rpc)\.[a-z._]+)` \| (?<kind>[a-z-]+) \| `(?<unit>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(@"^\| (?<id>\d+) \| `(?<name>\w+)` \| (?<level>\w+) \| (?<text>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex LogRow();

    [GeneratedRegex(
        @"LoggerMessage\(\s*(?<id>\d+),\s+LogLevel\.(?<level>\w+),\s+""(?<text>[^""]+)""\)\]\s+public static partial void (?<name>\w+)\(")]
    private static partial Regex LogMessage();
}
