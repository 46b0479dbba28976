using System.Runtime.InteropServices;

namespace HeliosStarling;

public sealed partial class Helios
{
    /// <summary>
    /// Listens on a port of this machine alone (<c>localhost</c>, IPv4 and IPv6); to be reached from elsewhere, give an address.
    /// </summary>
    /// <param name="port">The port, or 0 for any free one.</param>
    /// <param name="stop">Stops the server, as SIGINT and SIGTERM do.</param>
    /// <returns>Completes when the server has stopped.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    /// <inheritdoc cref="ListenAsync(string, CancellationToken)" path="/exception[@cref='T:System.IO.IOException']|/exception[@cref='T:System.ObjectDisposedException']"/>
    public Task ListenAsync(int port, CancellationToken stop = default) => ListenAsync(LoopbackAddress(port), stop);

    /// <summary>Listens on addresses.</summary>
    /// <param name="url"><c>http://host:port</c>, <c>https://host:port</c> or <c>unix:/path</c>, several separated by ';'. The host is
    /// <c>localhost</c>, an IP address (IPv6 in brackets) or <c>*</c> for all.</param>
    /// <param name="stop">Stops the server, as SIGINT and SIGTERM do.</param>
    /// <returns>Completes when the server has stopped.</returns>
    /// <exception cref="FormatException">An address is malformed.</exception>
    /// <exception cref="InvalidOperationException">An address is https, and neither <see cref="HeliosOptions.Tls"/> nor
    /// <see cref="HeliosOptions.TlsCertificateFile"/> is set, or that file cannot be used.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    /// <exception cref="ObjectDisposedException">The server was stopped: create another one.</exception>
    public async Task ListenAsync(string url, CancellationToken stop = default)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await StartAsync(url, stop).ConfigureAwait(false);
        // A program without logging of its own would start in silence, and its user wonder whether it did.
        if (Engine.Logger is ErrorOutputLogger) await SayAsync(listener.Addresses).ConfigureAwait(false);
        using var cancelled = stop.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await stopped.Task.ConfigureAwait(false);
        await listener.StopAsync(CancellationToken.None).ConfigureAwait(false);

        void Stop(PosixSignalContext signal)
        {
            // The process ends by itself once the server has said goodbye.
            signal.Cancel = true;
            stopped.TrySetResult();
        }
    }

    /// <summary>
    /// Starts to listen on a port of this machine alone (<c>localhost</c>, IPv4 and IPv6), and returns once it is bound; to be reached from
    /// elsewhere, give an address.
    /// </summary>
    /// <param name="port">The port, or 0 for any free one.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>The listener, which knows the bound address.</returns>
    /// <inheritdoc cref="ListenAsync(int, CancellationToken)" path="/exception"/>
    public Task<HeliosListener> StartAsync(int port, CancellationToken cancellationToken = default) =>
        StartAsync(LoopbackAddress(port), cancellationToken);

    private static string LoopbackAddress(int port)
    {
        if (port is < 0 or > ushort.MaxValue)
            throw new ArgumentOutOfRangeException(
                nameof(port), port, "A port is a number between 0 and 65535, where 0 stands for any free one.");
        return FormattableString.Invariant($"http://localhost:{port}");
    }

    private static async Task SayAsync(IEnumerable<Uri> addresses)
    {
        foreach (var address in addresses)
            await Console.Out.WriteLineAsync($"Helios listens on {address.OriginalString}. Press Ctrl+C to stop.").ConfigureAwait(false);
    }

    /// <summary>Starts to listen on addresses, and returns once they are bound.</summary>
    /// <param name="url">As for <see cref="ListenAsync(string, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>The listener, which knows the bound addresses.</returns>
    /// <inheritdoc cref="ListenAsync(string, CancellationToken)" path="/exception"/>
    public Task<HeliosListener> StartAsync(string url, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        return HeliosListener.StartAsync(ListenerHost, url, cancellationToken);
    }
}
