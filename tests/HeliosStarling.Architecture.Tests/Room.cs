using System.Xml.Linq;

namespace HeliosStarling;

/// <summary>One project in <c>src</c>, read from its project file.</summary>
internal sealed class Room
{
    private readonly XDocument _project;

    private Room(string file)
    {
        Name = Path.GetFileNameWithoutExtension(file);
        _project = XDocument.Load(file);
    }

    public static IReadOnlyList<Room> All { get; } =
    [
        .. RepositoryFiles.All
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(file => new Room(Repository.PathOf(file))),
    ];

    public string Name { get; }

    public IEnumerable<string> Projects =>
        Includes("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    public IEnumerable<string> Packages => Includes("PackageReference");

    public IEnumerable<string> Frameworks => Includes("FrameworkReference");

    private IEnumerable<string> Includes(string element) => _project.Descendants(element).Select(item => item.Attribute("Include")!.Value);
}
