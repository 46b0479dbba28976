using System.Globalization;

namespace HeliosStarling.Fuzz;

/// <summary>The request ids of one script: new ids, each for one request, and a few that are reused.</summary>
internal sealed class RequestIds
{
    private const string FreshPrefix = "00000000-0000-4000-8000-";

    private int _fresh;

    public string Fresh() => string.Create(CultureInfo.InvariantCulture, $"{FreshPrefix}{++_fresh:d12}");

    /// <summary>Whether <see cref="Fresh"/> has made this id.</summary>
    public bool IsFresh(string id) => id.StartsWith(FreshPrefix, StringComparison.Ordinal)
        && int.TryParse(id.AsSpan(FreshPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        && number <= _fresh;

    public static string Pooled(byte choice) =>
        string.Create(CultureInfo.InvariantCulture, $"3f2504e0-4f89-41d3-9a0c-0305e82c33{choice % 6:d2}");

    /// <summary>A reused id, perhaps in upper case, or an invalid one.</summary>
    public static string Any(byte choice) => (choice % 10) switch
    {
        9 => "no id",
        8 => "",
        7 => Pooled(choice).ToUpperInvariant(),
        _ => Pooled(choice),
    };
}
