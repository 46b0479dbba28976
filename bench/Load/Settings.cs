using System.Globalization;

namespace HeliosStarling.Load;

/// <summary>The options of a measurement.</summary>
internal sealed record Settings
{
    public string Mode { get; init; } = "";
    public string Peer { get; init; } = "helios";
    public Uri Address { get; init; } = new("http://127.0.0.1:5000");

    /// <summary>The server's process, whose processor time and memory are read.</summary>
    public int? Pid { get; init; }
    public int Connections { get; init; } = 50;

    /// <summary>Requests or broadcasts in flight.</summary>
    public int InFlight { get; init; } = 16;

    /// <summary>The receivers of each broadcast: all by default, otherwise the members of a group or the matches of a filter.</summary>
    public int? Members { get; init; }
    public bool Filtered { get; init; }
    public bool Resume { get; init; }

    /// <summary>In seconds.</summary>
    public double WarmUp { get; init; } = 10;

    /// <summary>In seconds.</summary>
    public double Seconds { get; init; } = 5;
    public bool IsJson { get; init; }

    public static Settings Parse(string[] args)
    {
        var settings = new Settings { Mode = args.FirstOrDefault() ?? "" };
        for (var i = 1; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--peer" => settings with { Peer = args[++i] },
                "--url" => settings with { Address = new Uri(args[++i]) },
                "--pid" => settings with { Pid = Whole(args[++i]) },
                "--connections" => settings with { Connections = Whole(args[++i]) },
                "--in-flight" => settings with { InFlight = Whole(args[++i]) },
                "--members" => settings with { Members = Whole(args[++i]) },
                "--filtered" => settings with { Filtered = true },
                "--resume" => settings with { Resume = true },
                "--warm-up" => settings with { WarmUp = double.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--seconds" => settings with { Seconds = double.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--json" => settings with { IsJson = true },
                _ => throw new ArgumentException($"Unknown option '{args[i]}'."),
            };
        }
        return settings;
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
