using System.Net;
using System.Net.NetworkInformation;

namespace HeliosStarling;

/// <summary>The C# blocks of the README, which <c>tests/readme</c> builds unchanged.</summary>
public class ReadmeTests
{
    private const int Port = 3000;

    [Fact]
    public async Task QuickStart_AsWritten_DeliversAndAnswers()
    {
        await using var server = await StartQuickStartAsync();
        await using var listener = await Wire.ConnectAsync(Address);
        await using var sender = await Wire.ConnectAsync(Address);

        // Any text is a room.
        foreach (var room in (string[])["lobby", "room-1", "42", "", "Küche 3"])
        {
            await listener.AskAsync("chat:join", $"\"{room}\"");
            var elsewhere = await sender.AskAsync("chat:send", """{"message":"not for the listener","room":"elsewhere"}""");
            var response = await sender.AskAsync("chat:send", $$"""{"message":"hello","room":"{{room}}"}""");
            var heard = (await listener.NextAsync(message => message.GetProperty("type").GetString() == "notification")).GetProperty(
                "notification");

            Assert.All([elsewhere, response], answer => Assert.Equal("""{"delivered":true}""", answer.GetProperty("data").GetRawText()));
            Assert.Equal("chat:message", heard.GetProperty("topic").GetString());
            Assert.Equal(
                (room, "hello"),
                (heard.GetProperty("data").GetProperty("room").GetString(), heard.GetProperty("data").GetProperty("message").GetString()));
        }
    }

    [Fact]
    public async Task QuickStartClient_AsWritten_HearsWhatItSaid()
    {
        await using var server = await StartQuickStartAsync();
        await using var client = RunningProgram.StartProject("tests/readme/QuickStartClient");

        Assert.True(await client.EndedAsync() == 0, client.Output);
        Assert.Contains("\"message\":\"hello\"", client.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void QuickStart_Lines_AreAtMostTwenty() => Assert.InRange(FirstBlock().Length, 1, 20);

    private static Uri Address { get; } = new($"http://{IPAddress.Loopback}:{Port}");

    private static async Task<RunningProgram> StartQuickStartAsync()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == Port);
        Assert.SkipWhen(taken, $"Port {Port}, which the quick start listens on, is in use on this machine.");
        var server = RunningProgram.StartProject("tests/readme/QuickStart");
        await server.ListeningAsync();
        return server;
    }

    private static string[] FirstBlock()
    {
        var lines = File.ReadAllLines(Repository.PathOf("README.md"));
        var first = Array.IndexOf(lines, "```csharp") + 1;
        return lines[first..Array.IndexOf(lines, "```", first)];
    }
}
