namespace HeliosStarling.Guides;

/// <summary>The code of the guides: all of it compiles, and what a page says that a program prints is what it prints.</summary>
public class GuideTests
{
    /// <summary>The pages whose programs need nothing but a server that is on the page, if at all.</summary>
    public static TheoryData<string> Pages => ["getting-started", "handlers", "groups", "dotnet-client", "behind-a-proxy", "from-signalr", "platforms"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Programs_OfAPage_PrintWhatThePageShows(string page)
    {
        var guide = Guide.Read(page);
        Assert.DoesNotContain("", guide.Programs);
        var programs = guide.Programs.ToDictionary(name => name, name => guide.Compile(name));
        if (!programs.TryGetValue("server", out var assembly)) return;
        var (server, address) = await GuideRun.StartServerAsync(assembly);
        await using var running = server;

        foreach (var program in programs.Keys.Where(program => guide.Printed(program).Length > 0))
        {
            var printed = await GuideRun.PrintedAsync(guide.Compile(program, address));
            Assert.True(guide.Printed(program) == printed, $"{page}.{program} printed:\n{printed}\n--- server:\n{server.Output}");
        }
    }
}
