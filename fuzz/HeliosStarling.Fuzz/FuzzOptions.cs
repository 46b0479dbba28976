using System.Globalization;

namespace HeliosStarling.Fuzz;

/// <summary>The command line.</summary>
/// <param name="Target">The name of a target.</param>
/// <param name="Minutes">The length of the run. Default 1.</param>
/// <param name="Seed">The same seed tries the same inputs. Default random.</param>
/// <param name="Replay">A single input to run instead.</param>
internal sealed record FuzzOptions(string Target, double Minutes, int Seed, byte[]? Replay)
{
    /// <summary>Parses the command line. Null when it is malformed.</summary>
    public static FuzzOptions? Parse(string[] args)
    {
        if (args.Length % 2 == 0) return null;
        var options = new FuzzOptions(args[0], 1, Random.Shared.Next(), null);
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
