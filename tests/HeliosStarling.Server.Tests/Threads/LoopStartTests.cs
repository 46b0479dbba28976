namespace HeliosStarling.Threads;

/// <summary>Event-loop mode starts only where it works, and says what to do elsewhere.</summary>
public sealed class LoopStartTests
{
    [Fact]
    public async Task Listen_SocketUsedBefore_RefusesAndSaysTheFix()
    {
        await using var server = LoopProcess.Start("late");

        Assert.Equal(3, await server.Program.EndedAsync());
        await server.Program.LineAsync("^refused: Threading is EventLoop, but sockets of this process complete in the thread pool: .*Start the server before anything else that uses sockets, set DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 before the process starts, or set Threading to ThreadPool");
    }

    [Fact]
    public async Task Listen_SocketUsedBeforeButVariableSet_Starts()
    {
        await using var server = LoopProcess.StartWith("1", "late");
        var client = await server.ConnectAsync();

        Assert.Equal("io", await LoopProcess.AskOnIoThreadAsync(client, "seen:quick"));
    }

    [Fact]
    public async Task Listen_VariableSetToSomethingElse_Refuses()
    {
        await using var server = LoopProcess.StartWith("0", "listen");

        Assert.Equal(3, await server.Program.EndedAsync());
        await server.Program.LineAsync("^refused: .* DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS is set to something else than 1");
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
    }
}
