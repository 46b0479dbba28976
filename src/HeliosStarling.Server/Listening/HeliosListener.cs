using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace HeliosStarling;

/// <summary>
/// A listener with its own sockets. A connection needs less memory and fewer hops than through ASP.NET Core.
/// </summary>
public sealed class HeliosListener : IAsyncDisposable
{
    // The number of connections that the kernel queues until they are accepted.
    private const int Backlog = 512;

    // The cause of a failed accept, for example too many open files, does not go away at once.
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    // Accepting fails ten times a second while the cause lasts, so not every failure is logged.
    private static readonly TimeSpan s_quietAfterReport = TimeSpan.FromSeconds(10);

    private readonly ListenerHost _host;
    private readonly LeanUpgrade _upgrade;
    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _loops = [];
    private readonly List<Uri> _addresses = [];
    private readonly Lazy<Task> _unbound;
    private volatile bool _isUnbound;

    private HeliosListener(ListenerHost host, bool isLoopbackOnly, FileHandles? handles)
    {
        (_host, Places) = (host, new LeanPlaces(host.Connections.Limit, handles));
        _upgrade = new LeanUpgrade(host, isLoopbackOnly, Places);
        _unbound = new Lazy<Task>(UnbindAllAsync);
    }

    /// <summary>The addresses that the server listens on, with their actual ports.</summary>
    public IReadOnlyList<Uri> Addresses => _addresses;

    /// <summary>The places of sockets that are not upgraded yet.</summary>
    internal LeanPlaces Places { get; }

    internal static async Task<HeliosListener> StartAsync(ListenerHost host, string url, CancellationToken cancellationToken)
    {
        host.Connections.ThrowIfStopped();
        Poller.Prepare();
        var addresses = ListenAddress.ParseAll(url);
        var listener = new HeliosListener(
            host, isLoopbackOnly: addresses.All(address => address.IsLoopback), FileHandles.LimitConnections(host.Node, host.Connections));
        try
        {
            foreach (var address in addresses)
            {
                cancellationToken.ThrowIfCancellationRequested();
                listener.Bind(address);
            }
        }
        catch
        {
            await listener.UnbindAsync().ConfigureAwait(false);
            throw;
        }
        foreach (var bound in listener._addresses) host.Node.Engine.Logger.Listening(bound);
        return listener;
    }

    /// <summary>
    /// Stops the server as <see cref="Helios.DisposeAsync"/> does, then stops listening. Clients that connect meanwhile are refused with
    /// 503.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait; listening then stops at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _host.Server.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await UnbindAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Stops the server as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private void Bind(ListenAddress address)
    {
        if (address.IsSecure) _host.Tls.Load();
        var port = 0;
        foreach (var endPoint in address.EndPoints)
        {
            var target = port != 0 && endPoint is IPEndPoint ip ? new IPEndPoint(ip.Address, port) : endPoint;
            try
            {
                var listener = SocketTransportOptions.CreateDefaultBoundListenSocket(target);
                _listeners.Add(listener);
                listener.Listen(Backlog);
                _loops.Add(AcceptAsync(listener, address.IsSecure));
                port = (listener.LocalEndPoint as IPEndPoint)?.Port ?? 0;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new IOException(
                    $"Cannot listen on {target}: the address is in use. Stop what uses it, or choose another address.", exception);
            }
            catch (SocketException) when (_listeners.Count > 0
                && target is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 }
                && address.EndPoints.Count > 1)
            {
                // On a machine without IPv6, localhost is IPv4 only.
            }
        }
        var scheme = address.IsSecure ? "https" : "http";
        _addresses.Add(new Uri(port == 0 ? address.Host : $"{scheme}://{(address.Host is "*" or "+" ? "[::]" : address.Host)}:{port}"));
    }

    private async Task AcceptAsync(Socket listener, bool isSecure)
    {
        long? reported = null;
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                _upgrade.Begin(socket, isSecure);
            }
            catch (Exception) when (_isUnbound)
            {
                return;
            }
            catch (Exception exception)
            {
                // A connection could not be accepted, for example for lack of file handles. Clients wait in the kernel's queue until the
                // next try.
                Report(exception, ref reported);
                await Task.Delay(s_pauseAfterFailure, _host.Node.Engine.Time).ConfigureAwait(false);
            }
        }
    }

    private void Report(Exception exception, ref long? reported)
    {
        if (reported is { } last && _host.Node.Engine.Time.GetElapsedTime(last) < s_quietAfterReport) return;
        reported = _host.Node.Engine.Time.GetTimestamp();
        // Log the message only: for a stack trace the runtime would open files, and there may be no handles left.
        _host.Node.Engine.Logger.AcceptFailed(exception.Message);
    }

    // Runs once, even for concurrent calls.
    private Task UnbindAsync() => _unbound.Value;

    private async Task UnbindAllAsync()
    {
        _isUnbound = true;
        foreach (var listener in _listeners) listener.Dispose();
        await Task.WhenAll(_loops).ConfigureAwait(false);
    }
}
