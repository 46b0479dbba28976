using System.Globalization;

namespace HeliosStarling.Stress;

/// <summary>What to run and how.</summary>
internal sealed record Settings
{
    public string Mode { get; init; } = "";
    public int Seed { get; init; } = 1;

    /// <summary>The length of one phase of <c>neighbors</c>, or of the whole of <c>attack</c>.</summary>
    public int? Seconds { get; init; }

    /// <summary>The length of <c>soak</c>.</summary>
    public double Minutes { get; init; } = 15;
    public int Rounds { get; init; } = 3;

    /// <summary>The number of normal clients.</summary>
    public int? Clients { get; init; }

    /// <summary>The number of hostile clients of each kind.</summary>
    public int? Each { get; init; }

    /// <summary>Whether messages and upgrades have rate limits.</summary>
    public bool Limited { get; init; }
    public bool Pin { get; init; } = true;

    /// <summary>The server's <see cref="HeliosOptions.MaxBufferedBytes"/>.</summary>
    public long MaxBufferedBytes => (Mode == "attack" ? 256L : 128L) * 1024 * 1024;

    public static Settings Parse(string[] args)
    {
        var settings = new Settings { Mode = args.FirstOrDefault() ?? "" };
        settings = settings with { Limited = settings.Mode == "neighbors" };
        for (var i = 1; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--seconds" => settings with { Seconds = Whole(args, ++i) },
                "--minutes" => settings with { Minutes = double.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--seed" => settings with { Seed = Whole(args, ++i) },
                "--rounds" => settings with { Rounds = Whole(args, ++i) },
                "--clients" => settings with { Clients = Whole(args, ++i) },
                "--each" => settings with { Each = Whole(args, ++i) },
                "--limited" => settings with { Limited = true },
                "--unlimited" => settings with { Limited = false },
                "--unpinned" => settings with { Pin = false },
                _ => throw new ArgumentException($"Unknown option {args[i]}."),
            };
        }
        return settings;
    }

    /// <summary>The arguments for the server's process.</summary>
    public string[] ToArguments() => [Mode, Limited ? "--limited" : "--unlimited"];

    public void Configure(HeliosOptions options)
    {
        options.MaxBufferedBytes = MaxBufferedBytes;
        if (Limited)
        {
            options.RateLimits.PerConnection = new RateLimit(100, TimeSpan.FromSeconds(1)) { Burst = 200 };
            options.RateLimits.Upgrades = new RateLimit(10, TimeSpan.FromSeconds(1)) { Burst = 2000 };
        }
        // Short, so that many starlings are removed during a run.
        if (Mode is "soak" or "attack") options.DisconnectionTtl = TimeSpan.FromSeconds(15);
    }

    private static int Whole(string[] args, int at) => int.Parse(args[at], CultureInfo.InvariantCulture);
}
