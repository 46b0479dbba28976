using System.Text;
using System.Text.Json;

namespace HeliosStarling;

public class PayloadLifetimeTests
{
    private readonly Peer _peer = new();
    private readonly RecordingConnection _connection;

    public PayloadLifetimeTests() => _connection = _peer.Record();

    [Fact]
    public void Payload_AfterAnAwait_IsStillThere()
    {
        var gate = new TaskCompletionSource();
        _peer.Method("late:read", async context =>
        {
            await gate.Task;
            context.Success(new { Payload = context.Payload.Read<string>(), Metadata = context.Metadata.GetProperty("m").GetInt32() });
        });
        _peer.Session.ReceiveRequest("late:read", "still here", metadata: new { m = 5 });

        gate.SetResult();

        Assert.Equal("""{"payload":"still here","metadata":5}""", _connection.Single.GetProperty("data").GetRawText());
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public void Payload_AfterTheAnswerInTheSameHandler_IsStillThere()
    {
        var read = "";
        _peer.Method("late:read", context =>
        {
            context.Success();
            read = context.Payload.Read<string>();
            return default;
        });

        _peer.Session.ReceiveRequest("late:read", "still here");

        Assert.Equal("still here", read);
    }

    [Fact]
    public void Context_HandlerHasEndedAndOthersCame_ShowsItsOwnBytes()
    {
        var contexts = new List<TestContext>();
        _peer.Method("late:keep", given =>
        {
            contexts.Add(given);
            return default;
        });

        for (var i = 0; i < 100; i++) _peer.Session.ReceiveRequest("late:keep", $"secret {i}", metadata: new { m = i });

        Assert.All(contexts, (context, i) => Assert.Equal(
            ($"secret {i}", $"secret {i}", $"\"secret {i}\"", i),
            (
                context.Payload.Read<string>(),
                context.Payload.Element.GetString(),
                Encoding.UTF8.GetString(context.Payload.Utf8.Span),
                context.Metadata.GetProperty("m").GetInt32())));
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public void Payload_OfARequestThatAnsweredAndGoesOn_IsCountedUntilItEnds()
    {
        var gate = new TaskCompletionSource();
        _peer.Method("late:work", async context =>
        {
            context.Success();
            await gate.Task;
        });

        _peer.Session.ReceiveRequest("late:work", new string('x', 1000));

        Assert.True(_connection.Single.GetProperty("success").GetBoolean());
        Assert.InRange(_peer.Engine.Buffers.Rented, 1002, 1100);
        gate.SetResult();
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public void Element_HandlerHasEnded_OutlivesIt()
    {
        JsonElement element = default;
        _peer.Method("late:keep", context =>
        {
            element = context.Payload.Element;
            return default;
        });

        _peer.Session.ReceiveRequest("late:keep", new { a = 1 });

        Assert.Equal("""{"a":1}""", element.GetRawText());
    }

    [Fact]
    public void Payload_Absent_SaysSo()
    {
        var wasAbsent = false;
        _peer.Method("late:none", context =>
        {
            wasAbsent = context.Payload.IsAbsent
                && context.Payload.Read<string>() is null
                && context.Payload.Element.ValueKind == JsonValueKind.Null;
            return default;
        });

        _peer.Session.Receive($$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"request","requestId":"{{Guid.NewGuid()}}","method":"late:none"}""");

        Assert.True(wasAbsent);
    }

    [Fact]
    public void Payload_OfAnotherType_IsAValidationErrorWithItsPath()
    {
        _peer.Method("typed:read", context =>
        {
            context.Payload.Read<Point>();
            return default;
        });

        _peer.Session.ReceiveRequest("typed:read", new { x = 1, y = "two" });

        var error = _connection.Single.GetProperty("error");
        Assert.Equal("VALIDATION_ERROR", error.GetProperty("code").GetString());
        Assert.Equal("$.y", error.GetProperty("details").GetProperty("errors")[0].GetProperty("path").GetString());
    }

    private sealed record Point(int X, int Y);
}
