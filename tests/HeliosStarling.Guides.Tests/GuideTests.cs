namespace HeliosStarling.Guides;

/// <summary>The code of the guides compiles, and each program prints what its page shows.</summary>
public class GuideTests
{
    /// <summary>The pages with a program. The page about testing has its own test.</summary>
    public static TheoryData<string> Pages =>
        [.. Guide.All.Where(name => name != "testing" && Guide.Read(name).Programs.Any(program => program.Length > 0))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Programs_OfAPage_PrintWhatThePageShows(string page)
    {
        var guide = Guide.Read(page);
        Assert.DoesNotContain("", guide.Programs);
        var programs = guide.Programs.ToDictionary(name => name, name => guide.Compile(name));
        var (server, address) = programs.TryGetValue("server", out var assembly) ? await GuideRun.StartServerAsync(assembly) : default;
        await using var running = server;

        foreach (var program in programs.Keys.Where(program => guide.Printed(program).Length > 0))
        {
            var printed = await GuideRun.PrintedAsync(guide.Compile(program, address));
            Assert.True(guide.Printed(program) == printed, $"{page}.{program} printed:\n{printed}\n--- server:\n{server?.Output}");
        }
    }
}
