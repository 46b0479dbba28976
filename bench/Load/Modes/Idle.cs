namespace HeliosStarling.Load;

/// <summary>The memory of each idle connection, compared with the server without connections.</summary>
internal static class Idle
{
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(5);

    public static Result Run(Settings settings)
    {
        var server = new ServerUsage(settings.Pid ?? throw new ArgumentException("--pid is needed."));
        var dialect = Dialect.Of(settings.Peer);
        var empty = server.ResidentBytes;
        var channels = new List<Channel>();
        for (var i = 0; i < settings.Connections; i++)
            channels.Add(Channel.Connect(settings.Address, dialect, settings.Resume ? "resume=1" : ""));
        Thread.Sleep(s_settling);
        var cpu = server.CpuSeconds;
        Thread.Sleep(TimeSpan.FromSeconds(settings.Seconds));
        var full = server.ResidentBytes;
        var result = new Result
        {
            Rate = (double)(full - empty) / settings.Connections,
            CpuMicroseconds = (server.CpuSeconds - cpu) * 1e6 / settings.Seconds / settings.Connections,
            ResidentMegabytes = full / 1048576.0,
        };
        foreach (var channel in channels) channel.Reset();
        return result;
    }
}
