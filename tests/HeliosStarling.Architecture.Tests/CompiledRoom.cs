using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace HeliosStarling;

/// <summary>The references of a compiled assembly, read without loading it.</summary>
internal sealed record CompiledRoom(IReadOnlyList<string> References, IReadOnlyList<string> Types)
{
    public static CompiledRoom Load(string name)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return new(
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))],
            [.. metadata.TypeReferences.Select(handle => FullName(metadata, metadata.GetTypeReference(handle)))]);
    }

    private static string FullName(MetadataReader metadata, TypeReference type) =>
        $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
}
