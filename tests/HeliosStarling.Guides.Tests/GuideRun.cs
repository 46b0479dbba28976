namespace HeliosStarling.Guides;

/// <summary>Runs compiled programs in their own processes, with the assemblies of the tests.</summary>
internal static class GuideRun
{
    public static RunningProgram Start(string assembly, params IEnumerable<string> arguments)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, typeof(GuideRun).Assembly.GetName().Name!);
        return RunningProgram.Start(
            "dotnet",
            ["exec", "--runtimeconfig", $"{tests}.runtimeconfig.json", "--depsfile", $"{tests}.deps.json", assembly, .. arguments]);
    }

    /// <summary>Starts a web server of a page on a free port.</summary>
    public static async Task<(RunningProgram Program, Uri Address)> StartServerAsync(string assembly, params IEnumerable<string> arguments)
    {
        var program = Start(assembly, ["--urls", "http://127.0.0.1:0", .. arguments]);
        return (program, await program.ListeningAsync());
    }

    /// <summary>Runs a program to its end and returns its output.</summary>
    public static async Task<string> PrintedAsync(string assembly)
    {
        await using var program = Start(assembly);
        Assert.True(await program.EndedAsync() == 0, program.Output);
        return program.Output.TrimEnd();
    }
}
