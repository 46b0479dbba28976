
namespace HeliosStarling;

/// <summary>The limit of file handles of the process, and how many are in use.</summary>
/// <remarks>
/// A process without free handles cannot load further assemblies, and then the runtime ends the process. So the sockets of clients must not
/// take the last handles.
/// </remarks>
internal readonly record struct FileHandles(int Limit, int InUse)
{
    private const string LimitsPath = "/proc/self/limits";
    private const string OpenPath = "/proc/self/fd";
    private const string LimitName = "Max open files";

    // Each assembly takes a handle when it is loaded at first use. A small server loads about 100 after its start.
    private const int LeastReserve = 128;

    /// <summary>The handles that are reserved for the runtime and the application.</summary>
    public int Reserve => Math.Max(LeastReserve, Limit / 16);

    /// <summary>The handles for all clients together.</summary>
    public int ForClients => Math.Max(2, Limit - InUse - Reserve);

    /// <summary>
    /// The number of connections that fit: three quarters. The last quarter is for sockets that are not upgraded yet or are being refused.
    /// </summary>
    public int Connections => Math.Max(1, ForClients / 4 * 3);

    /// <summary>Reads the current values; null when they are unknown: on systems other than Linux, or without a limit.</summary>
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
            // Some containers do not let their processes read these files.
            return null;
        }
    }

    /// <summary>Parses the soft limit, which the runtime has raised to the hard limit at startup; null when there is none.</summary>
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

    /// <summary>Lowers a server's connection limit to the number that fits, and warns when that is less than its option.</summary>
    /// <returns>The current values; null when they are unknown.</returns>
    public static FileHandles? LimitConnections(Node node, Connections connections)
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
