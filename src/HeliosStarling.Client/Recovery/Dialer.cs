using System.Buffers.Text;
using System.Net.WebSockets;
using System.Security.Cryptography;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Opens WebSockets to one server, as one instance of a client (docs/protocol.md section 7, rule 5).</summary>
internal sealed class Dialer(Uri url, StarlingClientOptions options)
{
    private const int InstanceBytes = 12;

    private readonly string _instance = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(InstanceBytes));
    private long _attempt;

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="token">The starling to come back as; null for a new one.</param>
    /// <param name="epoch">The epoch in which was counted; null when nobody is sure.</param>
    /// <param name="received">What was counted in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HeliosException"><c>CONNECTION_REJECTED</c>, with the cause inside.</exception>
    public async Task<ClientWebSocket> ConnectAsync(string? token, string? epoch, long received, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(HeliosProtocol.Name);
        // Offered as a subprotocol no access log holds it (PROTOCOL.md section 1).
        if (token is not null) socket.Options.AddSubProtocol($"helios.recover.{token}");
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = options.KeepAliveTimeout;
        options.ConfigureWebSocket?.Invoke(socket.Options);
        using var deadline = new CancellationTokenSource(options.ConnectionTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var connecting = socket.ConnectAsync(Target(epoch, received), options.Invoker, either.Token);
            Observe(connecting);
            // A transport that does not heed the token is not waited for.
            await connecting.WaitAsync(either.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception exception)
        {
            // Not disposed of: what such a transport brings later is closed, too.
            socket.Abort();
            cancellationToken.ThrowIfCancellationRequested();
            var cause = deadline.IsCancellationRequested ? $"no answer within {options.ConnectionTimeout}" : exception.GetBaseException().Message;
            throw Rejected(Refusals.Of(socket, cause, options.TimeProvider), exception);
        }
    }

    public HeliosException Rejected(ConnectionFailure failure, Exception? inner = null) =>
        new(ErrorCodes.ConnectionRejected, $"Could not connect to {url.GetLeftPart(UriPartial.Path)}: {failure.Reason}", failure, inner);

    /// <summary>A failure that comes when nobody waits any more is no unobserved exception.</summary>
    private static void Observe(Task connecting) =>
        connecting.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private Uri Target(string? epoch, long received)
    {
        var limit = FormattableString.Invariant($"limit={options.MaxMessageSize}");
        if (!options.Resume) return WithQuery(limit);
        var query = FormattableString.Invariant($"resume=1&instance={_instance}&attempt={++_attempt}&{limit}");
        if (!string.IsNullOrEmpty(epoch)) query += FormattableString.Invariant($"&epoch={Uri.EscapeDataString(epoch)}&received={received}");
        return WithQuery(query);
    }

    private Uri WithQuery(string query) => new UriBuilder(url) { Query = url.Query.Length > 1 ? $"{url.Query[1..]}&{query}" : query }.Uri;
}
