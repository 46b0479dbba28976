namespace HeliosStarling;

/// <content>Whom its memory is counted for.</content>
public sealed partial class Starling
{
    private PartyMemory? _countsFor;

    /// <summary>It is not known to the server, or not any more: what still runs for it counts on, but it is nobody who shares.</summary>
    internal void CountNoMore()
    {
        if (Interlocked.Exchange(ref _countsFor, null) is { } party) Helios.Connections.Parties.Leave(party, peers: 1);
    }

    // Once: what it has stays with the party that made it, wherever it is recovered from.
    private void CountFor(object party)
    {
        var memory = Session.Outbox.Memory;
        if (memory.Party is not null) return;
        memory.Join(_countsFor = Helios.Connections.Parties.Enter(party, peers: 1));
    }
}
