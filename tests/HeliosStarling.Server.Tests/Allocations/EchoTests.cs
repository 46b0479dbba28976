using System.Runtime.CompilerServices;
using System.Text;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Allocations;

/// <summary>A request that is answered before its handler's first await, all on the reader's thread.</summary>
public class EchoTests : AllocationTest
{
    // What the framework allocates for a request and its answer, in bytes: the request (208) and the answer's frame (56). The goal is 0. Not its
    // own, and so not in it: the payload's record with its strings, and the context that a handler asks for.
    private const long BytesPerEcho = 264;

    // A context is made for a handler that asks for none, too. The goal is 0.
    private const long BytesOfUnaskedContext = 32;

    [Fact]
    public async Task Echo_HandlerTakesContext_AllocatesNoMoreThanKnown()
    {
        Helios.Method("bench:echo", (Payload payload, RequestContext _) => payload);

        var context = BytesOf(static () => RuntimeHelpers.GetUninitializedObject(typeof(RequestContext)));
        Assert.InRange(await BytesPerRequestAsync() - BytesOfPayload - context, 0, BytesPerEcho);
    }

    [Fact]
    public async Task Echo_HandlerTakesPayloadAlone_AllocatesNoMoreThanKnown()
    {
        Helios.Method("bench:echo", (Payload payload) => payload);

        Assert.InRange(await BytesPerRequestAsync() - BytesOfPayload, 0, BytesPerEcho + BytesOfUnaskedContext);
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
