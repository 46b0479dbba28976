using System.Runtime.CompilerServices;
using System.Text;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Allocations;

/// <summary>A request that is answered before its handler's first await, all on the reader's thread.</summary>
public class EchoTests : AllocationTest
{
    [Fact]
    public async Task Echo_HandlerTakesContext_AllocatesTheContextAlone()
    {
        Helios.Method("bench:echo", (Payload payload, RequestContext _) => payload);

        Assert.Equal(BytesOf(static () => RuntimeHelpers.GetUninitializedObject(typeof(RequestContext))), await BytesPerRequestAsync() - BytesOfPayload);
    }

    [Fact]
    public async Task Echo_HandlerTakesPayloadAlone_AllocatesNothing()
    {
        Helios.Method("bench:echo", (Payload payload) => payload);

        Assert.Equal(0, await BytesPerRequestAsync() - BytesOfPayload);
    }

    private async Task<long> BytesPerRequestAsync()
    {
        var (stream, _) = await ConnectAsync();
        var request = ClientFrame.Text(ClientMessage.Request("bench:echo", Json)).ToBytes();
        stream.Keeps = true;
        stream.Feed(request, 1);
        Assert.EndsWith($"\"success\":true,\"data\":{Json}}}", Encoding.UTF8.GetString(stream.Sent));
        var answer = Sent;
        stream.Keeps = false;

        return BytesPerMessage(() =>
        {
            var before = Sent;
            stream.Feed(request, Messages);
            Assert.True(stream.IsTaken);
            Assert.Equal(before + (Messages * answer), Sent);
        });
    }
}
