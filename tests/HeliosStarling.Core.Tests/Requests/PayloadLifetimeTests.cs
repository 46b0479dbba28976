using System.Text.Json;

namespace HeliosStarling;

public class PayloadLifetimeTests
{
    private const string Ended = "Payload and metadata live until the handler's task ends. Read them before, and keep what was read.";

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
    public void Payload_HandlerHasEnded_ThrowsAndSaysWhy()
    {
        TestContext context = null!;
        _peer.Method("late:keep", given =>
        {
            context = given;
            return default;
        });
        _peer.Session.ReceiveRequest("late:keep", "gone");

        Assert.Equal(Ended, Assert.Throws<InvalidOperationException>(() => context.Payload.Read<string>()).Message);
        Assert.Equal(Ended, Assert.Throws<InvalidOperationException>(() => context.Payload.Element).Message);
        Assert.Equal(Ended, Assert.Throws<InvalidOperationException>(() => context.Payload.IsAbsent).Message);
    }

    [Fact]
    public void Metadata_HandlerHasEnded_Throws()
    {
        TestContext context = null!;
        _peer.Method("late:keep", given =>
        {
            context = given;
            return default;
        });
        _peer.Session.ReceiveRequest("late:keep", metadata: new { m = 1 });

        Assert.Equal(Ended, Assert.Throws<InvalidOperationException>(() => context.Metadata).Message);
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
            wasAbsent = context.Payload.IsAbsent && context.Payload.Read<string>() is null && context.Payload.Element.ValueKind == JsonValueKind.Null;
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
