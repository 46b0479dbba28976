using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeliosStarling;

public class FrameEncoderTests
{
    private SerializedJson Nested(int depth)
    {
        using var document = JsonDocument.Parse(
            new string('[', depth) + new string(']', depth), new JsonDocumentOptions { MaxDepth = 100 });
        return new SerializedJson(document.RootElement.Clone(), _engine.Types);
    }

    private static Protocol.ReadStatus Read(Frame frame)
    {
        var status = Protocol.MessageReader.Read(frame.Message, out _, out _);
        frame.Release();
        return status;
    }

    private readonly Engine _engine = Engines.Create();

    [Theory]
    [InlineData("")]
    [InlineData("chat:")]
    [InlineData("chat:*")]
    [InlineData("-chat")]
    public void Notification_MalformedTopic_ThrowsAndHoldsNoBuffer(string topic)
    {
        var failure = Assert.Throws<HeliosException>(() => _engine.Encoder.Notification(topic, default(Protocol.RawJson)));

        Assert.StartsWith($"Topic '{topic}' is malformed.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, _engine.Buffers.Rented);
    }

    [Fact]
    public void Notification_TopicOfTheLibrary_SaysSo()
    {
        var failure = Assert.Throws<HeliosException>(
            () => _engine.Encoder.Notification("connection:established", default(Protocol.RawJson)));

        Assert.StartsWith(
            "Topic 'connection:established' cannot be sent: namespace 'connection' is reserved for the library.",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Notification_DataCannotBeSerialized_ThrowsAndHoldsNoBuffer()
    {
        Assert.ThrowsAny<Exception>(() => Encode(new Exploding()));

        Assert.Equal(0, _engine.Buffers.Rented);
    }

    [Fact]
    public void Bodies_AsDeepAsAMessageMayBe_AreReadAgain()
    {
        Assert.Equal(Protocol.ReadStatus.Message, Read(_engine.Encoder.Notification("chat:deep", Nested(62))));
        Assert.Equal(
            Protocol.ReadStatus.Message, Read(_engine.Encoder.Error(Protocol.ErrorSeverity.Application, "DEEP", "Deep.", Nested(62))));
        Assert.Equal(
            Protocol.ReadStatus.Message,
            Read(_engine.Encoder.Failure("7d444840-9dc0-11d1-b245-5ffdce74fad2"u8, "DEEP", "Deep.", Nested(62))));
        Assert.Equal(Protocol.ReadStatus.Message, Read(_engine.Encoder.Success("7d444840-9dc0-11d1-b245-5ffdce74fad2"u8, Nested(63))));
    }

    [Fact]
    public void Bodies_OneLevelDeeper_ThrowAndHoldNoBuffer()
    {
        Assert.Throws<InvalidOperationException>(() => _engine.Encoder.Notification("chat:deep", Nested(63)));
        Assert.Throws<InvalidOperationException>(
            () => _engine.Encoder.Error(Protocol.ErrorSeverity.Application, "DEEP", "Deep.", Nested(63)));
        Assert.Throws<InvalidOperationException>(
            () => _engine.Encoder.Failure("7d444840-9dc0-11d1-b245-5ffdce74fad2"u8, "DEEP", "Deep.", Nested(63)));
        Assert.Throws<InvalidOperationException>(() => _engine.Encoder.Success("7d444840-9dc0-11d1-b245-5ffdce74fad2"u8, Nested(64)));

        Assert.Equal(0, _engine.Buffers.Rented);
    }

    [Fact]
    public void Notification_AfterAFailedOne_IsWhole()
    {
        Assert.ThrowsAny<Exception>(() => Encode(new Exploding()));

        Assert.Equal("1", Encode(1).GetProperty("notification").GetProperty("data").GetRawText());
    }

    [Fact]
    public void Notification_DataSendsAnotherWhileSerialized_BothAreWhole()
    {
        JsonElement inner = default;

        var outer = Encode(new Nesting(() => inner = Encode("inner")));

        Assert.Equal("inner", inner.GetProperty("notification").GetProperty("data").GetString());
        Assert.Equal("outer", outer.GetProperty("notification").GetProperty("data").GetProperty("value").GetString());
    }

    [Fact]
    public void Notification_LargeData_IsWhole()
    {
        var text = new string('é', 100_000);

        Assert.Equal(text, Encode(text).GetProperty("notification").GetProperty("data").GetString());
    }

    [Fact]
    public void Text_WithEmoji_IsUtf8()
    {
        var frame = _engine.Encoder.Text("é🚀");

        Assert.Equal("é🚀", Encoding.UTF8.GetString(frame.Message.Span));
    }

    [Fact]
    public void Shorten_AnswerAsDeepAsDataMayBe_KeepsItsId()
    {
        var data = Encoding.ASCII.GetBytes(new string('[', 64) + new string(']', 64));
        var answer = _engine.Encoder.Success("0b8f3c5e-6d0c-4a8e-9c57-2f7a3c1d9e10"u8, new Protocol.RawJson(data));

        var shortened = _engine.Encoder.Shorten(answer);

        Assert.Contains("0b8f3c5e-6d0c-4a8e-9c57-2f7a3c1d9e10", Encoding.UTF8.GetString(shortened.Message.Span), StringComparison.Ordinal);
    }

    private JsonElement Encode<T>(T data)
    {
        var frame = _engine.Encoder.Notification("a:b", new SerializedJson<T>(data, _engine.TypeInfo<T>()));
        var json = JsonSerializer.Deserialize<JsonElement>(frame.Message.Span);
        frame.Release();
        return json;
    }

    private sealed record Exploding([property: JsonIgnore] string Text = "boom")
    {
        public string Value => throw new InvalidOperationException(Text);
    }

    private sealed record Nesting([property: JsonIgnore] Action Act)
    {
        public string Value
        {
            get
            {
                Act();
                return "outer";
            }
        }
    }

    [Theory]
    [InlineData(6_000, 'x', 8 * 1024)]
    [InlineData(20_000, 'x', 32 * 1024)]
    [InlineData(900_000, 'x', 1024 * 1024)]
    [InlineData(300_000, 'é', 1024 * 1024)]
    public void Success_LongText_CountsWhatItTakesAndNotWhatItCouldTake(int length, char letter, int expected)
    {
        var pool = new BufferPool();
        var encoder = new FrameEncoder(pool, TimeProvider.System);

        var frame = encoder.Success(
            "0f8fad5b-d9cb-469f-a165-70867728950e"u8,
            new SerializedJson<string>(new string(letter, length), Engines.Create().TypeInfo<string>()));

        Assert.Equal(expected + Frame.Overhead, pool.Rented);
        frame.Release();
        Assert.Equal(0, pool.Rented);
    }
}
