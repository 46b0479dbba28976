using System.Runtime.CompilerServices;
using System.Text;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Allocations;

/// <summary>A request that is answered before its handler's first await, all on the reader's thread.</summary>
public class EchoTests : AllocationTest
{
    // The request with its run, payload holder and context, without the copy of the payload.
    private const long BytesOfRequest = 264;

    [Fact]
    public async Task Echo_HandlerTakesContext_AllocatesTheRequestWithItsPartsAndOneCopyOfThePayload()
    {
        Helios.Method("bench:echo", (Payload payload, RequestContext _) => payload);

        var parts = BytesOfParts(typeof(InboundRequest), typeof(RequestRun), typeof(RequestPayload), typeof(RequestContext));
        var copy = BytesOf(static () => new byte[Json.Length]);

        Assert.Equal(BytesOfRequest, parts);
        Assert.Equal(parts + copy, await BytesPerRequestAsync() - BytesOfPayload);
    }

    [Fact]
    public async Task Echo_HandlerTakesPayloadAlone_AllocatesNothing()
    {
        Helios.Method("bench:echo", (Payload payload) => payload);

        Assert.Equal(0, await BytesPerRequestAsync() - BytesOfPayload);
    }

    [Fact]
    public async Task Echo_HandlerIsAsyncAndDoesNotWait_AllocatesNothing()
    {
        Helios.Method("bench:echo", static async ValueTask<Payload> (Payload payload) =>
        {
            await Task.CompletedTask;
            return payload;
        });

        Assert.Equal(0, await BytesPerRequestAsync() - BytesOfPayload);
    }

    private static long BytesOfParts(params Type[] types) =>
        types.Sum(static type => BytesOf(() => RuntimeHelpers.GetUninitializedObject(type)));

    private async Task<long> BytesPerRequestAsync()
    {
        var (stream, _) = await ConnectAsync();
        var request = ClientFrame.Text(ClientMessage.Request("bench:echo", Json)).ToBytes();
        stream.Keeps = true;
        stream.Push(request, 1);
        Assert.EndsWith($"\"success\":true,\"data\":{Json}}}", Encoding.UTF8.GetString(stream.Sent));
        var answer = Sent;
        stream.Keeps = false;

        return BytesPerMessage(() =>
        {
            var before = Sent;
            stream.Push(request, Messages);
            Assert.True(stream.IsTaken);
            Assert.Equal(before + (Messages * answer), Sent);
        });
    }
}
