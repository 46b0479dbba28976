using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Decides which starling a connection belongs to, and links it: docs/protocol.md section 7, "Recovery" and "Takeover".</summary>
/// <remarks>Safe to call concurrently. A connection is checked completely before anything is changed for it.</remarks>
internal sealed class Admission(Node node, Connections connections)
{
    // How long a client may take to answer the ping that tests whether it is alive (docs/protocol.md section 7, rule 5).
    private static readonly TimeSpan s_proofTime = TimeSpan.FromSeconds(10);

    /// <summary>Links a connection to its starling.</summary>
    /// <returns>The linked starling; null when the connection is closed instead.</returns>
    public async Task<Starling?> AdmitAsync(WebSocketConnection connection, Arrival arrival)
    {
        using var attempt = new AdmissionAttempt(connection, arrival);
        try
        {
            if (arrival.Recovery.Token is { } token) await RecoverAsync(attempt, token).ConfigureAwait(false);
            else await AdmitNewAsync(attempt, refusal: null).ConfigureAwait(false);
        }
        catch (GreetingFailedException)
        {
            connection.BeginClose(CloseCode.ServerFault, CloseReasons.OnConnectionFailed);
            WarnOfGreeting();
        }
        catch (TimeoutException)
        {
            connection.BeginClose(CloseCode.ServerFault, CloseReasons.AdmissionTooLong);
            if (node.GreetingWarnings.TryTake(out var unlogged))
                node.Engine.Logger.AdmissionTookTooLong(node.Options.RequestTimeout, unlogged);
        }
        catch (Exception exception)
        {
            connection.BeginClose(CloseCode.ServerFault, CloseReasons.ServerFault);
            node.Engine.Logger.ConnectionFaulted(exception);
        }
        return attempt.Linked;
    }

    public async Task OnDisconnectedAsync(Starling starling, CloseInfo close)
    {
        node.Engine.Logger.StarlingDisconnected(starling.Id, close.Code, close.Reason.Length);
        await node.Events.EmitAsync(new StarlingDisconnected(starling, close.Code, close.Reason)).ConfigureAwait(false);
        await node.DisconnectionHandlers.InvokeAsync((starling, close.Reason)).ConfigureAwait(false);
    }

    private async Task RecoverAsync(AdmissionAttempt attempt, string token)
    {
        var subject = Subjects.Of(attempt.Arrival.User);
        while (true)
        {
            // Read the token in each round: the starling may have been closed for good meanwhile, which revokes the token.
            var reading = await node.Tokens.ReadAsync(token, subject, default).ConfigureAwait(false);
            if (reading.Content is { } content && attempt.Arrival.Recovery.IsMalformed) reading = new TokenReading(null, Impossible);
            if (reading.Refusal is not null)
            {
                await RefuseAsync(attempt, reading).ConfigureAwait(false);
                return;
            }
            var (starling, isRemade, fault) = await FindOrRemakeAsync(attempt, reading.Content!).ConfigureAwait(false);
            if (fault.Refusal is not null)
            {
                await RefuseAsync(attempt, fault).ConfigureAwait(false);
                return;
            }
            switch (starling.Life.IsGone
                ? LinkOutcome.Gone
                : await LinkAsync(attempt, starling, reading.Content!.Timestamp, isRemade).ConfigureAwait(false))
            {
                case LinkOutcome.Linked:
                    return;
                case LinkOutcome.Late:
                    node.Metrics.RecoveredLate();
                    attempt.Connection.BeginClose(CloseCode.Superseded, "superseded");
                    return;
                case LinkOutcome.Impossible:
                    await RefuseAsync(attempt, new TokenReading(null, Impossible)).ConfigureAwait(false);
                    return;
                case LinkOutcome.Unproven when await attempt.Connection.ProveAliveAsync(s_proofTime).ConfigureAwait(false):
                    attempt.IsProven = true;
                    break;
                case LinkOutcome.Unproven:
                    attempt.Connection.BeginClose(CloseCode.LivenessTimeout, "no answer to a ping");
                    return;
                default:
                    // The starling was given up or has expired: recreate it in the next round.
                    starling.Life.Forget();
                    break;
            }
        }
    }

    private async Task RefuseAsync(AdmissionAttempt attempt, TokenReading reading)
    {
        var (refusal, recovery) = (reading.Refusal!, attempt.Arrival.Recovery);
        node.Engine.Logger.RecoveryRefused(refusal.Code);
        node.Metrics.RecoveryRefused(refusal.Code);
        if (reading.IsClosedForGood && recovery.Resumes) attempt.Connection.BeginClose(CloseCode.ClosedForGood, "closed for good");
        else if (recovery.IsStrict) attempt.Connection.BeginClose(CloseCode.RecoveryRefused, refusal.Code);
        else await AdmitNewAsync(attempt, refusal).ConfigureAwait(false);
    }

    private static HeliosException Impossible =>
        new(ErrorCodes.StateRecoveryFailed, "The recovery's epoch, received, instance or attempt is impossible.");

    /// <summary>Finds the starling of a token, connected or held, or recreates it with its id.</summary>
    private async Task<(Starling Starling, bool IsRemade, TokenReading Fault)> FindOrRemakeAsync(
        AdmissionAttempt attempt, TokenContent content)
    {
        if (node.Starlings.TryGet(content.StarlingId, out var known))
            return (
                known, false, new TokenReading(null, known.Prepared is { } prepared ? await prepared.Task.ConfigureAwait(false) : null));
        var restored = new TaskCompletionSource<HeliosException?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var remade = new Starling(node, attempt.Arrival.User, content.StarlingId) { Prepared = restored };
        remade.Tokens.OnRemade();
        // Another connection has added the starling first.
        if (!TryBegin(attempt, remade)) return await FindOrRemakeAsync(attempt, content).ConfigureAwait(false);
        // The starling may have been closed for good and forgotten since its token was read.
        if (await node.Tokens.IsClosedAsync(content.StarlingId, content.Timestamp, default).ConfigureAwait(false) is { } closed)
        {
            attempt.Withdraw(closed.Refusal);
            return (remade, true, closed);
        }
        var fault = await GreetAsync(remade).ConfigureAwait(false)
            ?? await Greeting.RunAsync(remade, () => remade.States.RestoreAsync(content.States, default).AsTask()).ConfigureAwait(false);
        if (fault is not null) attempt.Withdraw(fault);
        restored.TrySetResult(fault);
        return (remade, true, new TokenReading(null, fault));
    }

    private async Task AdmitNewAsync(AdmissionAttempt attempt, HeliosException? refusal)
    {
        var starling = attempt.Arrival.Starling ?? new Starling(node, attempt.Arrival.User);
        TryBegin(attempt, starling);
        if (refusal is not null)
            starling.Session.Send(node.Engine.Encoder.Error(
                ErrorSeverity.Application, refusal.Code, refusal.Message, new SerializedJson(refusal.Details, node.Engine.Types)));
        if (await GreetAsync(starling).ConfigureAwait(false) is not { } rejection)
        {
            await LinkAsync(attempt, starling, recoveredFrom: null).ConfigureAwait(false);
            return;
        }
        // Forget the starling before its client is told.
        attempt.Withdraw();
        attempt.Connection.BeginClose(CloseCode.Policy, rejection.Code);
    }

    /// <summary>Adds a starling that was created for a connection. Returns false when the server has one with the same id.</summary>
    private bool TryBegin(AdmissionAttempt attempt, Starling starling)
    {
        starling.Peer.BeginLink(PartyOf(attempt));
        starling.Life.BeginLink(attempt.Connection);
        starling.Session.Outbox.TakeAtMost(attempt.Arrival.MessageLimit);
        if (!node.Starlings.TryAdd(starling))
        {
            starling.Peer.StopSharing();
            return false;
        }
        attempt.Own(starling);
        return true;
    }

    private static object PartyOf(AdmissionAttempt attempt) => Partitions.OfParty(attempt.Arrival.User, attempt.Arrival.RemoteAddress);

    /// <summary>
    /// Lets the application greet a starling within <see cref="HeliosOptions.RequestTimeout"/>. A handler that hangs must not occupy the
    /// place of the connection.
    /// </summary>
    /// <returns>The refusal of a filter; null when the starling is accepted.</returns>
    /// <exception cref="TimeoutException">The greeting takes too long.</exception>
    private Task<HeliosException?> GreetAsync(Starling starling)
    {
        var greeting = Greeting.RunAsync(starling, () => RunGreetingAsync(starling));
        return greeting.IsCompleted ? greeting : greeting.WaitAsync(node.Options.RequestTimeout, node.Engine.Time);
    }

    /// <exception cref="GreetingFailedException">A handler of <c>OnConnection</c> failed.</exception>
    private async Task<HeliosException?> RunGreetingAsync(Starling starling)
    {
        var isGreeted = true;
        var refusal = await FilterAsync(
            starling, async () => isGreeted = await AnnounceNewAsync(starling).ConfigureAwait(false)).ConfigureAwait(false);
        // The handler may not have joined groups or checked rights, so the client must not be served by accident.
        return isGreeted || node.Options.IgnoreConnectionHandlerFailures ? refusal : throw new GreetingFailedException();
    }

    private async Task<HeliosException?> FilterAsync(Starling starling, Func<ValueTask> greet)
    {
        try
        {
            return await FilterChain.RunAsync(node.ConnectionFilters.All, starling, greet).ConfigureAwait(false)
                ? null
                : new HeliosException(ErrorCodes.ConnectionRejected, "A filter of connections did not let the starling in.");
        }
        catch (HeliosException refusal) when (!refusal.IsOfRequest)
        {
            return refusal;
        }
        catch (Exception exception)
        {
            node.Engine.Logger.ConnectionFilterFailed(exception);
            return new HeliosException(ErrorCodes.ConnectionRejected, "A filter of connections failed.");
        }
    }

    private async ValueTask<bool> AnnounceNewAsync(Starling starling)
    {
        await node.Events.EmitAsync(new StarlingNew(starling)).ConfigureAwait(false);
        return await node.ConnectionHandlers.TryInvokeAsync(starling).ConfigureAwait(false);
    }

    private async Task<LinkOutcome> LinkAsync(
        AdmissionAttempt attempt, Starling starling, DateTimeOffset? recoveredFrom, bool isRemade = false)
    {
        var request = attempt.Arrival.Recovery;
        var isNew = recoveredFrom is null;
        var claim = new LinkClaim(
            request.Resumes,
            isNew ? null : request.Epoch,
            request.Received,
            request.Instance,
            request.Attempt,
            isNew || attempt.IsProven,
            attempt.Arrival.MessageLimit);
        // Check first: a connection that will be refused needs no token.
        if (starling.Session.Ledger.Judge(claim) is var verdict and not LinkOutcome.Linked) return verdict;
        var token = request.Resumes || recoveredFrom is not null
            ? await Greeting.RunAsync(starling, () => MakeTokenAsync(attempt, starling)).ConfigureAwait(false)
            : null;
        var writer = token is null ? null : new WelcomeWriter(node, starling, token, recoveredFrom, attempt.Connection);
        var party = PartyOf(attempt);
        var continues = false;
        var link = starling.Session.TryLink(attempt.Connection, claim, welcome =>
        {
            continues = welcome.Missed is not null;
            if (token is not null) starling.Tokens.Newest = new IssuedToken(token, DateTimeOffset.FromUnixTimeMilliseconds(welcome.Now));
            return writer?.Write(welcome);
        });
        if (link.Outcome != LinkOutcome.Linked) return link.Outcome;
        attempt.OnLinked(starling);
        OnLinked(attempt, starling, party, link.Previous as WebSocketConnection);
        if (recoveredFrom is not null) node.Metrics.Recovered(continues, isRemade);
        Announce(attempt.Connection, starling, recoveredFrom is null ? null : token);
        // Wake last: after its welcome the client may reconnect, and this connection must be announced before the next one.
        attempt.Connection.Wake();
        starling.Life.EndLink(attempt.Connection);
        await WaitUntilReadyAsync(attempt.Connection, link.Ready).ConfigureAwait(false);
        return LinkOutcome.Linked;
    }

    /// <summary>
    /// Announces a connection. This is a separate method, because an announcement that waits must not keep the upgrade request.
    /// </summary>
    private void Announce(WebSocketConnection connection, Starling starling, RecoveryToken? recoveredWith) =>
        _ = starling.AnnounceAsync(() => OnConnectedAsync(connection, starling, recoveredWith));

    private void OnLinked(AdmissionAttempt attempt, Starling starling, object party, WebSocketConnection? previous)
    {
        // This comes first: the end of the connection undoes what is counted here, even when a later step fails.
        connections.OnLinked(starling, attempt.Connection, previous);
        previous?.BeginClose(CloseCode.Superseded, "superseded");
        starling.Peer.ApplyLink(attempt.Connection, attempt.Arrival.RemoteAddress, party);
        starling.LastConnected = node.Engine.Time.GetUtcNow();
        if (previous is not null)
            _ = starling.AnnounceAsync(() => OnDisconnectedAsync(starling, new CloseInfo(CloseCode.Superseded, "superseded")));
    }

    /// <summary>
    /// Waits for the handlers of earlier connections, with a limit. A handler that blocks its thread must not occupy the place of this
    /// connection.
    /// </summary>
    private async Task WaitUntilReadyAsync(WebSocketConnection connection, Task ready)
    {
        if (ready.IsCompleted) return;
        await ready.WaitAsync(node.Options.RequestTimeout, node.Engine.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ready.IsCompleted) connection.BeginClose(CloseCode.ServerFault, CloseReasons.HandlersBusy);
    }

    private async Task OnConnectedAsync(WebSocketConnection connection, Starling starling, RecoveryToken? recoveredWith)
    {
        node.Engine.Logger.StarlingConnected(starling.Id);
        await node.Events.EmitAsync(new StarlingConnected(starling)).ConfigureAwait(false);
        if (recoveredWith is null) return;
        await node.Events.EmitAsync(new StarlingRecovered(starling, recoveredWith.Token)).ConfigureAwait(false);
        if (await node.RecoveryHandlers.TryInvokeAsync(starling).ConfigureAwait(false) || node.Options.IgnoreConnectionHandlerFailures)
            return;
        connection.BeginClose(CloseCode.ServerFault, CloseReasons.OnRecoveryFailed);
        WarnOfGreeting();
    }

    private void WarnOfGreeting()
    {
        if (node.GreetingWarnings.TryTake(out var unlogged))
            node.Engine.Logger.GreetingFailed(nameof(HeliosOptions.IgnoreConnectionHandlerFailures), unlogged);
    }

    /// <summary>
    /// Creates the token of the welcome. If the states cannot be saved, the token has none and is valid while the starling is held.
    /// </summary>
    private async Task<RecoveryToken> MakeTokenAsync(AdmissionAttempt attempt, Starling starling)
    {
        try
        {
            return await starling.States.GenerateTokenAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (node.TokenWarnings.TryTake(out var unlogged)) node.Engine.Logger.TokenFailed(starling.Id, exception.Message, unlogged);
        }
        // Not the user of the starling: it may belong to another connection that has just failed.
        var subject = Subjects.Of(attempt.Arrival.User);
        var token = await node.Tokens
            .IssueAsync(starling.Id, subject, CoreState.Save(starling), null, starling.Tokens.Lifetime, starling.Peer.Party, default)
            .ConfigureAwait(false);
        await starling.Tokens.OnIssuedAsync(token).ConfigureAwait(false);
        return token;
    }

    /// <summary>Thrown when a handler of <c>OnConnection</c> failed. The failure is logged already.</summary>
    private sealed class GreetingFailedException : Exception;
}
