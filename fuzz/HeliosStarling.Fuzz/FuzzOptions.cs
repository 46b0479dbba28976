using System.Globalization;

namespace HeliosStarling.Fuzz;

/// <summary>What the command line asks for.</summary>
/// <param name="Target">The name of a target.</param>
/// <param name="Minutes">How long to run. Default 1.</param>
/// <param name="Seed">Where chance begins: the same seed tries the same inputs. Default: random.</param>
/// <param name="Coverage">Whether new branches of the target are feedback too. Default false.</param>
/// <param name="Replay">One input to run instead.</param>
internal sealed record FuzzOptions(string Target, double Minutes, int Seed, bool Coverage, byte[]? Replay)
{
    /// <summary>Null when the command line is malformed.</summary>
    public static FuzzOptions? Parse(string[] args)
    {
        if (args.Length % 2 == 0) return null;
        var options = new FuzzOptions(args[0], 1, Random.Shared.Next(), false, null);
        for (var i = 1; i < args.Length; i += 2)
        {
            var value = args[i + 1];
            switch (args[i])
            {
                case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes):
                    options = options with { Minutes = minutes };
                    break;
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    break;
                case "--coverage" when bool.TryParse(value, out var coverage):
                    options = options with { Coverage = coverage };
                    break;
                case "--replay":
                    options = options with { Replay = Convert.FromBase64String(value) };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
