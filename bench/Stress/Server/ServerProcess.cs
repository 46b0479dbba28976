using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Stress;

/// <summary>The server in its own process, as seen by the process that makes the load.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control;

    private ServerProcess(Process process, int port, int controlPort)
    {
        (_process, Port) = (process, port);
        _control = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{controlPort}"), Timeout = TimeSpan.FromMinutes(5) };
    }

    public int Port { get; }

    public static async Task<ServerProcess> StartAsync(Settings settings)
    {
        var (port, controlPort) = (FreePort(), FreePort());
        var command = Cores.Pin(
            core: 0, [Environment.ProcessPath!, "server", $"{port}", $"{controlPort}", .. settings.ToArguments()], settings.Pin);
        var process =
            Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        if (await process.StandardOutput.ReadLineAsync() is null) throw new InvalidOperationException("The server did not start.");
        return new ServerProcess(process, port, controlPort);
    }

    /// <param name="collect">Whether to run a full collection first.</param>
    /// <param name="reset">Whether to reset the peaks afterwards.</param>
    public async Task<ServerSnapshot> ReadAsync(bool collect = false, bool reset = false) =>
        (await _control.GetFromJsonAsync<ServerSnapshot>($"/snapshot?collect={collect}&reset={reset}"))!;

    /// <summary>Sends broadcasts to the group and returns the number of the last one.</summary>
    public async Task<long> BroadcastAsync(int count, TimeSpan interval)
    {
        using var response = await _control.PostAsync(
            new Uri($"/broadcast?count={count}&interval={interval.TotalMilliseconds:F0}", UriKind.Relative), null);
        return await response.Content.ReadFromJsonAsync<long>();
    }

    /// <summary>Ends handlers that block or never return.</summary>
    public async Task ReleaseAsync()
    {
        using var _ = await _control.PostAsync(new Uri("/release", UriKind.Relative), null);
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
