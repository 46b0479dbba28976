using System.Buffers;

namespace HeliosStarling.Protocol;

public class MessageReaderTests
{
    [Fact]
    public void Read_Request_GivesItsParts()
    {
        var frame = Frames.Utf8($$"""
            {"protocol":"helios-starling","version":"1.0.0","timestamp":5,"type":"request","requestId":"{{Frames.Id}}","method":"chat:send","payload":{"a":[1]} }
            """);
        Assert.Equal(ReadStatus.Message, MessageReader.Read(frame, out var message, out var violation));
        Assert.Null(violation);
        Assert.Equal("chat:send", message.Name.Text());
        Assert.Equal("""{"a":[1]}""", message.Data.Text());
        Assert.Equal(Guid.Parse(Frames.Id), message.Id);
    }
}
