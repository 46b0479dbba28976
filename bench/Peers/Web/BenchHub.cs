using Microsoft.AspNetCore.SignalR;

namespace HeliosStarling.Peers;

/// <summary>The same work in SignalR.</summary>
internal sealed class BenchHub : Hub
{
    public Payload Echo(Payload payload) => payload;

    public Task Broadcast(Payload payload) => Clients.All.SendAsync("bench", payload);
}
