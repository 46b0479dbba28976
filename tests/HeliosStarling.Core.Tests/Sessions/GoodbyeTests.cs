namespace HeliosStarling;

/// <summary>Which connection may end a conversation.</summary>
public class GoodbyeTests
{
    private readonly Peer _peer = new();

    [Fact]
    public void TryEnd_OfAConnectionThatAnotherTookOverFrom_EndsNothing()
    {
        var (first, second) = (new RecordingConnection(), new RecordingConnection());
        Link(first);
        Link(second);

        Assert.False(_peer.Session.Ledger.TryEnd(first));
        Assert.True(_peer.Session.Ledger.TryEnd(second));
        Assert.False(_peer.Session.Ledger.TryEnd(second));
    }

    private void Link(RecordingConnection connection) =>
        Assert.Equal(
            LinkOutcome.Linked, _peer.Session.TryLink(connection, new LinkClaim(Resumes: true, IsProven: true), _ => null).Outcome);
}
