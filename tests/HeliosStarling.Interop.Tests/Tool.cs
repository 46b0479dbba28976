namespace HeliosStarling;

/// <summary>Programs of the machine that a test needs.</summary>
internal static class Tool
{
    public static bool IsOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
}
