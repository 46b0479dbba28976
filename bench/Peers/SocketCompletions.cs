namespace HeliosStarling.Peers;

/// <summary>Where reads and writes of the web server's sockets go on: on the thread pool, or on the event loop's own threads.</summary>
internal static class SocketCompletions
{
    /// <summary>To be called before the first socket, at which the runtime reads it for the whole process.</summary>
    /// <remarks>The framework's own peers are measured as they are by default, unless served beside others.</remarks>
    public static void Choose(Settings settings)
    {
        if (IsInline(settings)) Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
    }

    /// <summary>Whether the web server's transport has to go on there too.</summary>
    public static bool IsInline(Settings settings) =>
        settings.IsEventLoop && settings.Served.Any(name => name is Settings.Helios or Settings.Frames && settings.IsMapped(name));
}
