using HeliosStarling.Protocol;

namespace HeliosStarling.Recovery;

/// <summary>A server that keeps sending requests and acknowledges nothing must not make its client keep answers without limit.</summary>
public sealed class UnackedAnswersTests : ScriptedServerTest
{
    private const int Window = 64;

    [Fact]
    public async Task Server_AcknowledgesNoAnswers_ClientClosesAndBeginsANewEpoch()
    {
        var first = await ConnectAsync(configure: options => options.MessageBufferSize = Window);
        for (var i = 0; i < 3 * Window; i++)
            await first.SendMessageAsync($"\"type\":\"request\",\"requestId\":\"{Guid.NewGuid()}\",\"method\":\"no:such\"");

        Assert.Equal(CloseCode.TooSlow, await first.EndAsync());
        var second = await AcceptNextAsync();

        Assert.Equal((null, null), (second.Parameter("epoch"), second.Parameter("received")));
        await second.WelcomeAsync(epoch: "e2", topic: "recovered", more: ",\"resumed\":false");
        await second.ExpectNothingAsync();
    }
}
