using System.Text.RegularExpressions;

namespace HeliosStarling.Packages;

/// <summary>The contents of the packages.</summary>
public sealed partial class PackageTests(PackedSolution packed) : IClassFixture<PackedSolution>
{
    private const string Url = "https://example.org/helios";
    private const string Contact = "security@example.org";

    public static TheoryData<string> Rooms => [.. Room.All.Select(static room => room.Name)];

    [Fact]
    public void Pack_OfTheSolution_MakesTheRoomsAndTheirSymbolsAlone()
    {
        var expected = Room.All.SelectMany(static room => (string[])[$"{room.Name}.nupkg", $"{room.Name}.snupkg"]);
        Assert.Equal(expected.Order(), packed.Files.Select(static file => Version().Replace(Path.GetFileName(file), "")).Order());
    }

    [Theory, MemberData(nameof(Rooms))]
    public void Package_HasItsMetadata(string room)
    {
        var package = packed[room];

        Assert.Equal(room, package.Metadata("id"));
        Assert.Equal(("MIT", "icon.png", "README.md"), (package.Metadata("license"), package.Metadata("icon"), package.Metadata("readme")));
        Assert.All(["version", "authors", "description", "tags"], element => Assert.NotEqual("", package.Metadata(element)));
        Assert.Superset(
            new HashSet<string>(["icon.png", "README.md", $"lib/net10.0/{room}.dll", $"lib/net10.0/{room}.xml"]),
            package.Entries.ToHashSet());
    }

    [Theory, MemberData(nameof(Rooms))]
    public void Package_HasTheDependenciesOfItsProject(string room)
    {
        var project = Room.All.Single(one => one.Name == room);
        var dependencies = packed[room].Metadata("dependency", "id").ToHashSet();

        Assert.Equal(["net10.0"], packed[room].Metadata("group", "targetFramework").Distinct());
        // Pinned transitive dependencies are listed too.
        Assert.Superset(project.Projects.Concat(project.Packages).ToHashSet(), dependencies);
        Assert.DoesNotContain(dependencies, static id => id.EndsWith("Analyzers", StringComparison.Ordinal));
        Assert.Equal(project.Frameworks, packed[room].Metadata("frameworkReference", "name"));
    }

    [Theory, MemberData(nameof(Rooms))]
    public void Symbols_NameNoFolderOfTheMachine(string room)
    {
        Assert.SkipUnless(Repository.Configuration == "Release", "A debugger looks for the sources of other builds where they are.");
        var documents = packed.SymbolsOf(room).Documents($"lib/net10.0/{room}.pdb");

        Assert.NotEmpty(documents);
        Assert.All(documents, static document => Assert.StartsWith("/_/", document, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Rooms))]
    public void Readme_Links_LeadOutOfThePackage(string room) =>
        Assert.All(Target().Matches(packed[room].Readme), static target => Assert.Contains("://", target.Value, StringComparison.Ordinal));

    [Fact]
    public void AddressAndContact_OnceTheyAreSet_AreToldToUsers()
    {
        var package = packed.Published("HeliosStarling.Protocol", Url, Contact);

        Assert.Equal((Url, Url), (package.Metadata("projectUrl"), package.Metadata("repository", "url").Single()));
        Assert.Contains($"[The wire contract]({Url}/blob/HEAD/docs/protocol.md)", package.Readme, StringComparison.Ordinal);
        Assert.Contains(Contact, package.Readme, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\.\d.*(?=\.s?nupkg$)")]
    private static partial Regex Version();

    // A link within the page names no file.
    [GeneratedRegex(@"(?<=\]\()(?!#)[^)]*(?=\))")]
    private static partial Regex Target();
}
