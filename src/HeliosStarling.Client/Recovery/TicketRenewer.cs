using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Renews the sign-in ticket of a connection before it expires (docs/protocol.md section 5).</summary>
/// <remarks>Safe to call concurrently. It begins and ends with each connection.</remarks>
internal sealed class TicketRenewer(ClientSession session, Tickets tickets)
{
    // Two thirds of the remaining time: early enough for another attempt, and not too often.
    private const double Part = 2.0 / 3;

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    // The limit of a timer.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);

    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;

    /// <summary>Begins to renew the ticket of a new connection.</summary>
    /// <param name="expiresIn">The time until the ticket expires; null when it does not expire.</param>
    public void Begin(TimeSpan? expiresIn)
    {
        Stop();
        if (expiresIn is not { } time || !tickets.AreProvided) return;
        var running = new CancellationTokenSource();
        lock (_lock) _running = running;
        _ = RunAsync(time, session.Engine.Time.GetTimestamp(), running.Token);
    }

    /// <summary>Stops when the connection has ended.</summary>
    public void Stop()
    {
        CancellationTokenSource? running;
        lock (_lock) (running, _running) = (_running, null);
        // Callbacks of the token are application code, so they run on the thread pool.
        _ = running?.CancelAsync();
    }

    /// <summary>Whether a message contains a ticket, so that the application must not see it.</summary>
    public static bool IsRenewal(Frame frame) =>
        frame.Kind == FrameKind.Request
        && MessageReader.Read(frame.Message, out var message, out _) == ReadStatus.Message
        && message.Name.Span.SequenceEqual(WireNames.RenewUtf8);

    private async Task RunAsync(TimeSpan expiresIn, long since, CancellationToken cancellationToken)
    {
        var time = session.Engine.Time;
        var hasFailed = false;
        try
        {
            while (true)
            {
                var left = expiresIn - time.GetElapsedTime(since);
                // Too late: the server closes the connection, and the next connection asks for a new ticket.
                if (left < s_shortest) return;
                await Task.Delay(WaitOf(left), time, cancellationToken).ConfigureAwait(false);
                if (expiresIn - time.GetElapsedTime(since) > s_longest) continue;
                var renewed = await TryRenewAsync(!hasFailed, cancellationToken).ConfigureAwait(false);
                hasFailed = renewed is null;
                if (renewed is { } next) (expiresIn, since) = (next, time.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    private static TimeSpan WaitOf(TimeSpan left) =>
        left * Part is var wait && wait < s_shortest ? s_shortest : wait < s_longest ? wait : s_longest;

    /// <returns>The lifetime of the new ticket; null when there is none.</returns>
    private async Task<TimeSpan?> TryRenewAsync(bool warns, CancellationToken cancellationToken)
    {
        try
        {
            if (await tickets.GetAsync(isRenewal: true, cancellationToken).ConfigureAwait(false) is not { } ticket)
                throw new HeliosException(ErrorCodes.AuthRequired, "AccessTokenProvider returned no ticket");
            var payload = JsonElement.Parse($$"""{"ticket":"{{JsonEncodedText.Encode(ticket)}}"}""");
            var answer = await session.Request<JsonElement>(WireNames.Renew, payload, null, cancellationToken).ConfigureAwait(false);
            return ServerWelcome.ExpiryOf(answer) ?? TimeSpan.MaxValue;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (warns) session.Engine.Logger.NotRenewed(exception.GetBaseException().Message);
            return null;
        }
    }
}
