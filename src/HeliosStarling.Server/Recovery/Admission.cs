using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Decides which starling a connection belongs to, and links it: PROTOCOL.md section 7, "Recovery" and "Takeover".</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Admission(Helios helios, Connections connections)
{
    /// <summary>Links a connection to its starling.</summary>
    /// <returns>The starling, whose messages may be handled from now on; null when the connection is being closed instead.</returns>
    public async Task<Starling?> AdmitAsync(WebSocketConnection connection, Arrival arrival)
    {
        var starling = arrival.Starling ?? new Starling(helios, arrival.User);
        starling.Arrive(connection);
        helios.Starlings.TryAdd(starling);
        await PrepareAsync(starling).ConfigureAwait(false);
        return await LinkAsync(starling, connection, arrival.Recovery).ConfigureAwait(false) ? starling : null;
    }

    public async Task OnDisconnectedAsync(Starling starling, CloseInfo close)
    {
        helios.Engine.Logger.StarlingDisconnected(starling.Id, close.Code, close.Reason);
        await helios.Events.EmitAsync(new StarlingDisconnected(starling, close.Code, close.Reason)).ConfigureAwait(false);
        await helios.DisconnectionHandlers.InvokeAsync((starling, close.Reason)).ConfigureAwait(false);
    }

    private async Task PrepareAsync(Starling starling)
    {
        await helios.Events.EmitAsync(new StarlingNew(starling)).ConfigureAwait(false);
        await helios.ConnectionHandlers.InvokeAsync(starling).ConfigureAwait(false);
        starling.Prepared.SetResult(null);
    }

    private async Task<bool> LinkAsync(Starling starling, WebSocketConnection connection, RecoveryRequest request)
    {
        var claim = new LinkClaim(request.Resumes);
        var link = starling.Session.TryLink(connection, claim, _ => null);
        if (link.Outcome != LinkOutcome.Linked) { starling.Arrived(connection); return false; }
        connections.OnLinked(starling, connection, link.Previous as WebSocketConnection);
        starling.Arrived(connection);
        connection.Wake();
        _ = starling.AnnounceAsync(() => OnConnectedAsync(starling));
        return true;
    }

    private async Task OnConnectedAsync(Starling starling)
    {
        helios.Engine.Logger.StarlingConnected(starling.Id);
        await helios.Events.EmitAsync(new StarlingConnected(starling)).ConfigureAwait(false);
    }
}
