namespace HeliosStarling;

/// <summary>Reports the messages of a channel, and lost ones, to a receiver.</summary>
internal sealed class BackplaneInbox(BackplaneChannel channel, IBackplaneReceiver receiver)
{
    private readonly SequenceTracker _tracker = new();

    public void Deliver(BackplaneDelivery delivery)
    {
        var (message, number) = (delivery.Message, delivery.Number);
        var missed = delivery.IsRepetition ? _tracker.RecordRepetition(message.Sender, number) : _tracker.Record(message.Sender, number);
        if (missed > 0) receiver.OnMissed(channel, message.Sender, missed);
        if (!delivery.IsRepetition) receiver.OnMessage(message);
    }

    public void Break()
    {
        _tracker.Reset();
        receiver.OnMissed(channel, null, null);
    }
}
