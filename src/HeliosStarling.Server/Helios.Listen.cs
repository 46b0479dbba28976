using System.Runtime.InteropServices;

namespace HeliosStarling;

public sealed partial class Helios
{
    /// <summary>
    /// Listens on a port of the loopback interface (<c>localhost</c>, IPv4 and IPv6). Use an address to be reachable from other machines.
    /// </summary>
    /// <param name="port">The port, or 0 for any free port.</param>
    /// <param name="stop">Stops the server, as SIGINT and SIGTERM do.</param>
    /// <returns>A task that completes when the server has stopped.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    /// <inheritdoc cref="ListenAsync(string, CancellationToken)" path="/exception[@cref='T:System.IO.IOException']|/exception[@cref='T:System.ObjectDisposedException']"/>
    public Task ListenAsync(int port, CancellationToken stop = default) => ListenAsync(LoopbackAddress(port), stop);

    /// <summary>Listens on addresses.</summary>
    /// <param name="url"><c>http://host:port</c>, <c>https://host:port</c> or <c>unix:/path</c>; several are separated by ';'. The host is
    /// <c>localhost</c>, an IP address (IPv6 in brackets) or <c>*</c> for all addresses.</param>
    /// <param name="stop">Stops the server, as SIGINT and SIGTERM do.</param>
    /// <returns>A task that completes when the server has stopped.</returns>
    /// <exception cref="FormatException">An address is malformed.</exception>
    /// <exception cref="InvalidOperationException">An address is https, and there is no usable certificate in
    /// <see cref="HeliosOptions.Tls"/> or
    /// <see cref="HeliosOptions.TlsCertificateFile"/>.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    /// <exception cref="ObjectDisposedException">The server has stopped. Create another one.</exception>
    public async Task ListenAsync(string url, CancellationToken stop = default)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await StartAsync(url, stop).ConfigureAwait(false);
        // Without a logger of the application, the console is the only place that tells the addresses.
        if (Engine.Logger is ErrorOutputLogger) await PrintAddressesAsync(listener.Addresses).ConfigureAwait(false);
        using var cancelled = stop.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await stopped.Task.ConfigureAwait(false);
        await listener.StopAsync(CancellationToken.None).ConfigureAwait(false);

        void Stop(PosixSignalContext signal)
        {
            // The process ends by itself when the server has stopped.
            signal.Cancel = true;
            stopped.TrySetResult();
        }
    }

    /// <summary>
    /// Starts to listen on a port of the loopback interface (<c>localhost</c>, IPv4 and IPv6). Use an address to be reachable from other
    /// machines.
    /// </summary>
    /// <param name="port">The port, or 0 for any free port.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>A task that completes when the port is bound, with the listener and its address.</returns>
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

    private static async Task PrintAddressesAsync(IEnumerable<Uri> addresses)
    {
        foreach (var address in addresses)
            await Console.Out.WriteLineAsync($"Helios listens on {address.OriginalString}. Press Ctrl+C to stop.").ConfigureAwait(false);
    }

    /// <summary>Starts to listen on addresses.</summary>
    /// <param name="url">The addresses, as for <see cref="ListenAsync(string, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>A task that completes when the addresses are bound, with the listener and its addresses.</returns>
    /// <inheritdoc cref="ListenAsync(string, CancellationToken)" path="/exception"/>
    public Task<HeliosListener> StartAsync(string url, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        return HeliosListener.StartAsync(ListenerHost, url, cancellationToken);
    }
}
