
namespace HeliosStarling;

/// <summary>How many file handles the process may have, and how many it has.</summary>
/// <remarks>
/// A process without free handles cannot load its next assembly, and the runtime then ends the process. So the sockets of clients never
/// take the last handles.
/// </remarks>
internal readonly record struct FileHandles(int Limit, int InUse)
{
    private const string LimitsPath = "/proc/self/limits";
    private const string OpenPath = "/proc/self/fd";
    private const string LimitName = "Max open files";

    // Assemblies, each a handle, are loaded when they are first needed; a small server loads about 100 after its start.
    private const int LeastReserve = 128;

    /// <summary>The handles that are left to the runtime and to the application.</summary>
    public int Reserve => Math.Max(LeastReserve, Limit / 16);

    /// <summary>The handles that clients may have together.</summary>
    public int ForClients => Math.Max(2, Limit - InUse - Reserve);

    /// <summary>
    /// The connections that fit: three quarters. The other quarter is for sockets that are not upgraded yet or are being refused.
    /// </summary>
    public int Connections => Math.Max(1, ForClients / 4 * 3);

    /// <summary>What holds now; null where it is not known: on other systems than Linux, or without a limit.</summary>
    public static FileHandles? Read()
    {
        try
        {
            return OperatingSystem.IsLinux() && ParseLimit(File.ReadAllText(LimitsPath)) is { } limit
                ? new FileHandles(limit, Directory.EnumerateFileSystemEntries(OpenPath).Count())
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not every container lets its processes see it.
            return null;
        }
    }

    /// <summary>The soft limit, which the runtime has raised to the hard one at its start; null when there is none.</summary>
    /// <param name="limits">The file /proc/self/limits (man 5 proc): name, soft limit, hard limit, unit in columns.</param>
    public static int? ParseLimit(string limits)
    {
        foreach (var line in limits.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(LimitName, StringComparison.Ordinal)) continue;
            var rest = line[LimitName.Length..].TrimStart();
            var end = rest.IndexOf(' ');
            if (!HttpSyntax.TryReadNumber(end < 0 ? rest : rest[..end], long.MaxValue, out var limit)) return null;
            return (int)Math.Min(limit, int.MaxValue);
        }
        return null;
    }

    /// <summary>Lowers a server's limit of connections to what fits, and warns when that is less than its option says.</summary>
    /// <returns>What was read; null where it is not known.</returns>
    public static FileHandles? Fit(Node node, Connections connections)
    {
        if (Read() is not { } handles) return null;
        var wanted = node.Options.MaxConnections;
        if (handles.Connections < wanted && handles.Connections < connections.Limit)
        {
            connections.LimitTo(handles.Connections);
            node.Engine.Logger.FewFileHandles(handles.Limit, handles.InUse, handles.Reserve, handles.Connections, wanted);
        }
        return handles;
    }
}
