namespace HeliosStarling;

/// <summary>Relative links of all Markdown pages.</summary>
public class LinkTests
{
    private static readonly string[] s_elsewhere = ["bin", "obj", "node_modules", "artifacts"];

    private static readonly string[] s_pages =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Where(page => !Path.GetRelativePath(Repository.Root, page).Split(Path.DirectorySeparatorChar).Any(s_elsewhere.Contains)),
    ];

    [Fact]
    public void Links_ToFiles_Exist()
    {
        var missing =
            from page in s_pages
            from link in Links.In(File.ReadAllText(page))
            where !Path.Exists(TargetOf(page, link.File))
            select $"{Path.GetRelativePath(Repository.Root, page)}: {link.File}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Links_ToHeadings_Exist()
    {
        var missing =
            from page in s_pages
            from link in Links.In(File.ReadAllText(page))
            let target = TargetOf(page, link.File)
            where link.Heading.Length > 0 && File.Exists(target) && !Links.HeadingsOf(File.ReadAllText(target)).Contains(link.Heading)
            select $"{Path.GetRelativePath(Repository.Root, page)}: {link.File}#{link.Heading}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Readme_LinksToEveryPageOfDocs()
    {
        var linked = Links.In(File.ReadAllText(Repository.PathOf("README.md"))).Select(link => link.File);
        var pages = Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(page => $"docs/{Path.GetFileName(page)}");
        Assert.Empty(pages.Except(linked));
    }

    private static string TargetOf(string page, string file) => file.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, file);
}
