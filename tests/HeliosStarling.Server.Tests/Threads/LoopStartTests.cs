namespace HeliosStarling.Threads;

/// <summary>Event-loop mode starts only where it works, and says what to do elsewhere.</summary>
public sealed class LoopStartTests
{
    [Theory]
    [InlineData("late", "")]
    [InlineData("late", "1")]
    [InlineData("listen", "0")]
    public async Task Listen_WhateverOtherSocketsDo_Starts(string how, string variable)
    {
        await using var server = LoopProcess.StartWith(variable, how);
        var client = await server.ConnectAsync();

        Assert.Equal("io", await LoopProcess.AskOnIoThreadAsync(client, "seen:quick"));
    }

    [Fact]
    public async Task Map_WithoutVariable_RefusesAndSaysTheFix()
    {
        await using var server = LoopProcess.Start("map");

        Assert.Equal(3, await server.Program.EndedAsync());
        await server.Program.LineAsync("^refused: Threading is EventLoop, but DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS is not 1. MapHelios needs it from outside: set DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 before the process starts, or set Threading to ThreadPool");
    }

    [Fact]
    public async Task Map_WithVariable_HandlersRunWhereTheyAreTo()
    {
        await using var server = LoopProcess.StartWith("1", "map");
        var client = await server.ConnectAsync();

        Assert.Equal(
            ("io", "pool, then pool", "pool, then pool"),
            (await LoopProcess.AskOnIoThreadAsync(client, "seen:quick"), await client.Request<string>("seen:slow").Answer.InTime(), await client.Request<string>("seen:upgrade").Answer.InTime()));
        // What shows that the others would see it.
        Assert.Equal("pool, then io", await client.Request<string>("seen:away").Answer.InTime());
    }
}
