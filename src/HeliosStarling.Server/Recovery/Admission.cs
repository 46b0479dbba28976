using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Decides which starling a connection belongs to, and links it: PROTOCOL.md section 7, "Recovery" and "Takeover".</summary>
/// <remarks>Safe to call concurrently. All checks come first: what is refused touches nothing.</remarks>
internal sealed class Admission(Helios helios, Connections connections)
{
    /// <summary>Links a connection to its starling.</summary>
    /// <returns>The starling, whose messages may be handled from now on; null when the connection is being closed instead.</returns>
    public async Task<Starling?> AdmitAsync(WebSocketConnection connection, Arrival arrival)
    {
        try
        {
            return arrival.Recovery.Token is { } token
                ? await RecoverAsync(connection, arrival, token).ConfigureAwait(false)
                : await ReceiveNewAsync(connection, arrival, refusal: null).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            helios.Engine.Logger.ConnectionFaulted(exception);
            connection.BeginClose(CloseCode.ServerFault, "server fault");
            return null;
        }
    }

    public async Task OnDisconnectedAsync(Starling starling, CloseInfo close)
    {
        helios.Engine.Logger.StarlingDisconnected(starling.Id, close.Code, close.Reason.Length);
        await helios.Events.EmitAsync(new StarlingDisconnected(starling, close.Code, close.Reason)).ConfigureAwait(false);
        await helios.DisconnectionHandlers.InvokeAsync((starling, close.Reason)).ConfigureAwait(false);
    }

    private async Task<Starling?> RecoverAsync(WebSocketConnection connection, Arrival arrival, string token)
    {
        var (content, refusal) = await helios.Tokens.ReadAsync(token, Subjects.Of(arrival.User), default).ConfigureAwait(false);
        if (content is not null && arrival.Recovery.IsAttemptMalformed) refusal = Impossible;
        while (refusal is null)
        {
            var (starling, isRemade, fault) = await FindOrRemakeAsync(connection, arrival, content!).ConfigureAwait(false);
            refusal = fault;
            if (fault is not null) break;
            var link = await LinkAsync(starling, connection, arrival, content!.Timestamp, isRemade).ConfigureAwait(false);
            if (link == LinkOutcome.Linked) return starling;
            if (link == LinkOutcome.Late)
            {
                helios.Metrics.RecoveredLate();
                return Turn(connection, CloseCode.Superseded, "superseded");
            }
            if (link == LinkOutcome.Impossible) refusal = Impossible;
            if (link != LinkOutcome.Gone) continue;
            // Closed for good meanwhile, which its token knows by now; else given up or expired, and so it is made anew.
            starling.Remove();
            (content, refusal) = await helios.Tokens.ReadAsync(token, Subjects.Of(arrival.User), default).ConfigureAwait(false);
        }
        helios.Engine.Logger.RecoveryRefused(refusal!.Code);
        helios.Metrics.RecoveryRefused(refusal.Code);
        if (arrival.Recovery.IsStrict) return Turn(connection, CloseCode.RecoveryRefused, refusal.Code);
        return await ReceiveNewAsync(connection, arrival, refusal).ConfigureAwait(false);
    }

    private static Starling? Turn(WebSocketConnection connection, int code, string reason)
    {
        connection.BeginClose(code, reason);
        return null;
    }

    private static HeliosException Impossible => new(ErrorCodes.StateRecoveryFailed, "The recovery's epoch, received or attempt is impossible.");

    /// <summary>The starling of a token: as it is held or connected, else made anew under its id.</summary>
    private async Task<(Starling Starling, bool IsRemade, HeliosException? Refusal)> FindOrRemakeAsync(WebSocketConnection connection, Arrival arrival, TokenContent content)
    {
        if (helios.Starlings.TryGet(content.StarlingId, out var known))
            return (known, false, known.Prepared is { } prepared ? await prepared.Task.ConfigureAwait(false) : null);
        var restored = new TaskCompletionSource<HeliosException?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var remade = new Starling(helios, arrival.User, content.StarlingId) { Prepared = restored };
        remade.Arrive(connection);
        // Somebody else was faster.
        if (!helios.Starlings.TryAdd(remade)) return await FindOrRemakeAsync(connection, arrival, content).ConfigureAwait(false);
        remade.OnRemade();
        var fault = await GreetAsync(remade).ConfigureAwait(false) ?? await remade.States.RestoreAsync(content.States, default).ConfigureAwait(false);
        if (fault is not null) remade.Remove();
        restored.SetResult(fault);
        return (remade, true, fault);
    }

    private async Task<Starling?> ReceiveNewAsync(WebSocketConnection connection, Arrival arrival, HeliosException? refusal)
    {
        var starling = arrival.Starling ?? new Starling(helios, arrival.User);
        starling.Arrive(connection);
        helios.Starlings.TryAdd(starling);
        if (refusal is not null)
            starling.Session.Send(helios.Engine.Encoder.Error(ErrorSeverity.Application, refusal.Code, refusal.Message, new SerializedJson(refusal.Details, helios.Engine)));
        if (await GreetAsync(starling).ConfigureAwait(false) is { } unwelcome)
        {
            starling.Remove();
            return Turn(connection, CloseCode.Policy, unwelcome.Code);
        }
        var link = await LinkAsync(starling, connection, arrival, recoveredFrom: null).ConfigureAwait(false);
        return link == LinkOutcome.Linked ? starling : null;
    }

    /// <returns>Why a filter does not let it in; null when it is welcome.</returns>
    private async Task<HeliosException?> GreetAsync(Starling starling)
    {
        try
        {
            return await FilterChain.RunAsync(helios.ConnectionFilters.All, starling, () => AnnounceNewAsync(starling)).ConfigureAwait(false)
                ? null
                : new HeliosException(ErrorCodes.ConnectionRejected, "A filter of connections did not let the starling in.");
        }
        catch (HeliosException refusal)
        {
            return refusal;
        }
        catch (Exception exception)
        {
            helios.Engine.Logger.ConnectionFilterFailed(exception);
            return new HeliosException(ErrorCodes.ConnectionRejected, "A filter of connections failed.");
        }
    }

    private async ValueTask AnnounceNewAsync(Starling starling)
    {
        await helios.Events.EmitAsync(new StarlingNew(starling)).ConfigureAwait(false);
        await helios.ConnectionHandlers.InvokeAsync(starling).ConfigureAwait(false);
    }

    private async Task<LinkOutcome> LinkAsync(Starling starling, WebSocketConnection connection, Arrival arrival, DateTimeOffset? recoveredFrom, bool isRemade = false)
    {
        var request = arrival.Recovery;
        var token = request.Resumes || recoveredFrom is not null ? await MakeTokenAsync(starling).ConfigureAwait(false) : null;
        var writer = token is null ? null : new WelcomeWriter(helios, starling, token, recoveredFrom);
        var claim = new LinkClaim(request.Resumes, recoveredFrom is null ? null : request.Epoch, request.Received, request.Attempt);
        var continues = false;
        var link = starling.Session.TryLink(connection, claim, welcome =>
        {
            continues = welcome.Missed is not null;
            return writer?.Write(welcome);
        });
        if (link.Outcome == LinkOutcome.Linked)
        {
            if (recoveredFrom is not null) helios.Metrics.Recovered(continues, isRemade);
            starling.OnArrived(connection, arrival.RemoteAddress);
            OnLinked(starling, connection, link.Previous as WebSocketConnection);
            _ = starling.AnnounceAsync(() => OnConnectedAsync(starling, recoveredFrom is null ? null : token));
            // Last: with its welcome a client may come again, on another connection, which is announced after this one.
            connection.Wake();
        }
        starling.Arrived(connection);
        await link.Ready.ConfigureAwait(false);
        return link.Outcome;
    }

    private void OnLinked(Starling starling, WebSocketConnection connection, WebSocketConnection? previous)
    {
        previous?.BeginClose(CloseCode.Superseded, "superseded");
        starling.LastConnected = helios.Engine.Time.GetUtcNow();
        connections.OnLinked(starling, connection, previous);
        if (previous is not null) _ = starling.AnnounceAsync(() => OnDisconnectedAsync(starling, new CloseInfo(CloseCode.Superseded, "superseded")));
    }

    private async Task OnConnectedAsync(Starling starling, RecoveryToken? recoveredWith)
    {
        helios.Engine.Logger.StarlingConnected(starling.Id);
        await helios.Events.EmitAsync(new StarlingConnected(starling)).ConfigureAwait(false);
        if (recoveredWith is null) return;
        await helios.Events.EmitAsync(new StarlingRecovered(starling, recoveredWith.Token)).ConfigureAwait(false);
        await helios.RecoveryHandlers.InvokeAsync(starling).ConfigureAwait(false);
    }

    /// <summary>A token for the welcome. When the states can't be saved it has none: good as long as the starling is held.</summary>
    private async Task<RecoveryToken> MakeTokenAsync(Starling starling)
    {
        try
        {
            return await starling.States.GenerateTokenAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            helios.Engine.Logger.TokenFailed(starling.Id, exception.Message);
        }
        var token = await helios.Tokens.IssueAsync(starling.Id, Subjects.Of(starling.KnownUser), CoreState.Save(starling), null, starling.TokenLifetime, default).ConfigureAwait(false);
        starling.OnTokenIssued(token);
        return token;
    }
}
