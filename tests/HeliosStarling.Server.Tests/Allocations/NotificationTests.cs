using System.Runtime.CompilerServices;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Allocations;

/// <summary>A notification that a topic handler takes, all on the reader's thread.</summary>
public class NotificationTests : AllocationTest
{
    // The bytes that the framework allocates for a received notification. Not counted, as the application's own: the record with its
    // strings, and the handler's context.
    private const long BytesPerNotification = 0;

    [Fact]
    public async Task Notification_TopicHandler_AllocatesDataAndContextAlone()
    {
        var taken = 0;
        Helios.On("bench:news", (Payload payload, TopicContext _) => taken += payload.Room.Length);
        var (stream, _) = await ConnectAsync();
        var notification = ClientFrame.Text(ClientMessage.Notification("bench:news", Json)).ToBytes();

        var bytes = BytesPerMessage(() =>
        {
            taken = 0;
            stream.Push(notification, Messages);
            Assert.Equal(Messages * "lobby".Length, taken);
        });

        var context = BytesOf(static () => RuntimeHelpers.GetUninitializedObject(typeof(TopicContext)));
        Assert.InRange(bytes - BytesOfPayload - context, 0, BytesPerNotification);
    }

    [Fact]
    public async Task Notification_HandlerThatTakesTheDataAlone_AllocatesNoContext()
    {
        var taken = 0;
        Helios.On<Payload>("bench:news", payload => taken += payload.Room.Length);
        var (stream, _) = await ConnectAsync();
        var notification = ClientFrame.Text(ClientMessage.Notification("bench:news", Json)).ToBytes();

        var bytes = BytesPerMessage(() =>
        {
            taken = 0;
            stream.Push(notification, Messages);
            Assert.Equal(Messages * "lobby".Length, taken);
        });

        Assert.InRange(bytes - BytesOfPayload, 0, BytesPerNotification);
    }
}
