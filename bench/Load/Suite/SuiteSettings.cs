using System.Globalization;

namespace HeliosStarling.Load;

/// <summary>The times of a comparison.</summary>
internal sealed record SuiteSettings
{
    public int Rounds { get; init; } = 3;
    public double WarmUp { get; init; } = 10;

    /// <summary>Before each measurement but the first of a peer and work.</summary>
    public double WarmUpAgain { get; init; } = 1;
    public double Seconds { get; init; } = 3;
    public IReadOnlyList<string>? Peers { get; init; }
    public bool IsQuick { get; init; }

    public static SuiteSettings Parse(string[] args)
    {
        var settings = new SuiteSettings();
        for (var i = 0; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--rounds" => settings with { Rounds = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--seconds" => settings with { Seconds = double.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--peers" => settings with { Peers = args[++i].Split(',') },
                "--quick" => settings with { Rounds = 1, WarmUp = 5, Seconds = 2, IsQuick = true },
                _ => throw new ArgumentException($"Unknown option '{args[i]}'."),
            };
        }
        return settings;
    }
}
