using System.Reflection;

namespace HeliosStarling;

/// <summary>Paths in the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } =
        typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The output folder of a project, in the configuration of these tests.</summary>
    public static string OutputOf(string project) =>
        PathOf(project, "bin", Configuration, "net10.0", Path.GetFileName(project) + ".dll");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Helios.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("Helios.slnx is in no folder above the tests.");
        return folder.FullName;
    }
}
