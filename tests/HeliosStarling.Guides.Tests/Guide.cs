using System.Text.RegularExpressions;

namespace HeliosStarling.Guides;

/// <summary>
/// A page of docs and its code. The blocks of one program, joined, are its source; its <c>text</c> blocks are its output.
/// </summary>
internal sealed partial class Guide
{
    private Guide(string name)
    {
        Name = name;
        var page = File.ReadAllText(Repository.PathOf("docs", $"{name}.md"));
        Blocks = [.. Fence()
            .Matches(page)
            .Select(one => new Block(one.Groups["language"].Value, one.Groups["program"].Value, one.Groups["text"].Value))];
    }

    /// <summary>The names of all pages.</summary>
    public static IEnumerable<string> All => Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Order(StringComparer.Ordinal);

    public string Name { get; }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The names of its C# programs, in the page's order.</summary>
    public IEnumerable<string> Programs => Blocks.Where(block => block.Language == "csharp").Select(block => block.Program).Distinct();

    public static Guide Read(string name) => new(name);

    /// <summary>The blocks of one language and program, in the page's order.</summary>
    public IReadOnlyList<string> Of(string language, string program) =>
        [.. Blocks.Where(block => block.Language == language && block.Program == program).Select(block => block.Text)];

    /// <summary>The output that the page shows for a program.</summary>
    public string Printed(string program) => string.Concat(Of("text", program)).TrimEnd();

    /// <summary>
    /// Compiles a program of the page, with the address of the running server instead of <c>localhost:5080</c>.
    /// </summary>
    public string Compile(string program, Uri? server = null, params IEnumerable<string> references)
    {
        var blocks = Of("csharp", program).Select(
            block => server is null ? block : block.Replace("localhost:5080", server.Authority, StringComparison.Ordinal));
        return GuideCompiler.Compile($"{Name}.{program}", [.. blocks], references);
    }

    [GeneratedRegex(
        @"^```(?<language>\w+)(?: (?<program>[\w-]+))?\r?\n(?<text>[\s\S]*?)^```\r?$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();
}
