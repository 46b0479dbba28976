using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>The files and folders that docs/architecture.md names exist.</summary>
public partial class DocumentedPlacesTests
{
    [Fact]
    public void ArchitecturePage_FilesThatItNames_Exist()
    {
        var sources = RepositoryFiles.All.Where(static file => file.StartsWith("src/", StringComparison.Ordinal)).ToList();
        var named = Place()
            .Matches(File.ReadAllText(Repository.PathOf("docs", "architecture.md")))
            .Select(static match => match.Groups["place"].Value)
            .Distinct()
            .ToList();

        Assert.True(named.Count > 20);
        Assert.All(named, place => Assert.Contains(sources, file => file.EndsWith($"/{InProject(place)}.cs", StringComparison.Ordinal)
            || file.Contains($"/{InProject(place)}/", StringComparison.Ordinal)));
    }

    // `Core/Frames/Frame` is src/HeliosStarling.Core/Frames/Frame.cs.
    private static string InProject(string place) =>
        Room.All.Any(room => room.Name == $"HeliosStarling.{place.Split('/')[0]}") ? $"HeliosStarling.{place}" : place;

    [GeneratedRegex(@"`(?<place>([A-Z]\w+/)+[A-Z]\w+)`")]
    private static partial Regex Place();
}
