using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace HeliosStarling.Packages;

/// <summary>A package file: its entries and its nuspec.</summary>
internal sealed class Package(string file)
{
    private readonly Dictionary<string, byte[]> _entries = Read(file);

    public IEnumerable<string> Entries => _entries.Keys;

    public string Readme => System.Text.Encoding.UTF8.GetString(_entries["README.md"]);

    /// <summary>The text of an element of the nuspec; empty if it has none.</summary>
    public string Metadata(string element) => Elements(element).FirstOrDefault()?.Value ?? "";

    /// <summary>An attribute of all elements of one name in the nuspec.</summary>
    public IEnumerable<string> Metadata(string element, string attribute) =>
        Elements(element).Select(one => one.Attribute(attribute)?.Value ?? "");

    /// <summary>The source files that a portable PDB was made from.</summary>
    public IEnumerable<string> Documents(string pdb)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(_entries[pdb]));
        var reader = provider.GetMetadataReader();
        return [.. reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))];
    }

    private IEnumerable<XElement> Elements(string name)
    {
        var nuspec = _entries.Single(static entry => entry.Key.EndsWith(".nuspec", StringComparison.Ordinal)).Value;
        return XDocument.Load(new MemoryStream(nuspec)).Descendants().Where(element => element.Name.LocalName == name);
    }

    private static Dictionary<string, byte[]> Read(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return zip.Entries.ToDictionary(static entry => entry.FullName, Content);
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
