using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling.Messages;

public class ErrorContextTests
{
    /// <summary>The document of many small values takes several times the size of its text. Only the text is counted.</summary>
    [Fact]
    public void Details_NotAskedFor_TakeNoMoreThanTheirText()
    {
        var details = $"[{string.Join(',', Enumerable.Repeat(1, 50_000))}]";
        var utf8 = Encoding.UTF8.GetBytes($$$"""
            {"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"error","error":{"severity":"application","code":"APP_SAID","message":"m","details":{{{details}}}}}
            """);
        Assert.Equal(ReadStatus.Message, MessageReader.Read(utf8, out var message, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var context = new ErrorContext(null!, in message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, details.Length, details.Length + 1024);
        Assert.Equal(50_000, context.Details!.Value.GetArrayLength());
    }
}
