using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The built-in method <c>system:renew</c>: accepts a new sign-in ticket for a connection's user (docs/protocol.md section 5).
/// </summary>
/// <remarks>Safe to call concurrently. The ticket is a secret: it is never logged or sent back.</remarks>
internal sealed class TicketRenewal(Node node)
{
    public const string MethodName = WireNames.Renew;

    // Longer than the headers that web servers accept.
    private const int MaxLength = 16 * 1024;

    private readonly WarningLimit _warnings = new(node.Options.TimeProvider);
    private Func<Starling, string, CancellationToken, ValueTask<RenewedTicket?>>? _check;

    /// <summary>Sets the application's check of tickets.</summary>
    /// <exception cref="InvalidOperationException">There is a check already.</exception>
    public void Use(Func<Starling, string, CancellationToken, ValueTask<RenewedTicket?>> check)
    {
        if (Interlocked.CompareExchange(ref _check, check, null) is not null)
            throw new InvalidOperationException("OnRenew was called already. Call it once, and decide there.");
    }

    /// <summary>Answers a request.</summary>
    public async ValueTask AnswerAsync(InboundRequest request)
    {
        var starling = ((StarlingSession)request.Session).Starling;
        if (starling.Session.Connection is not WebSocketConnection connection) return;
        if (TicketOf(request) is not { } ticket || await CheckAsync(
            starling, connection, ticket, request.CancellationToken).ConfigureAwait(false) is not { } renewed
            || !starling.Peer.TryRenew(connection, renewed.User, renewed.ExpiresAt))
        {
            request.Refuse(new HeliosException(
                ErrorCodes.AuthInvalidToken, "The ticket is not valid for this connection. Send {\"ticket\": …} with one of the same user that has not expired, or connect again."));
            return;
        }
        request.Succeed(new WrittenJson(json =>
        {
            json.WriteStartObject();
            WriteExpiry(json, starling.UserExpiresAt, node.Engine.Time.GetUtcNow());
            json.WriteEndObject();
        }), hasReturned: true);
    }

    /// <summary>Writes <c>ticketExpiresIn</c> in seconds, if the ticket expires.</summary>
    public static void WriteExpiry(Utf8JsonWriter json, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (expiresAt is { } end) json.WriteNumber("ticketExpiresIn", (long)Math.Max(0, (end - now).TotalSeconds));
    }

    private async ValueTask<RenewedTicket?> CheckAsync(
        Starling starling, WebSocketConnection connection, string ticket, CancellationToken cancellationToken)
    {
        try
        {
            if (Volatile.Read(ref _check) is { } check) return await check(starling, ticket, cancellationToken).ConfigureAwait(false);
            return connection.Endpoint is { } endpoint
                ? await EndpointTickets.CheckAsync(node, endpoint, ticket, cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Log the type only: the message may contain the ticket.
            if (_warnings.TryTake(out var unlogged)) node.Engine.Logger.TicketCheckFailed(starling.Id, exception.GetType().Name, unlogged);
            return null;
        }
    }

    private static string? TicketOf(InboundRequest request)
    {
        var payload = PayloadJson.ReadElement(request.Payload.Data);
        if (payload.ValueKind != JsonValueKind.Object
            || !payload.TryGetProperty("ticket", out var value)
            || value.ValueKind != JsonValueKind.String) return null;
        var ticket = value.GetString()!;
        return ticket.Length is > 0 and <= MaxLength && ticket.All(static character => character is > ' ' and < '\x7f') ? ticket : null;
    }
}
