using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace HeliosStarling;

/// <summary>Lines are at most 140 columns wide, except for a long text, address or reference.</summary>
public class LineWidthTests
{
    private const int Widest = 140;

    // A line may be longer when one text takes half of it.
    private const int LongText = Widest / 2;

    private static readonly string[] s_folders = ["src/", "tests/", "samples/", "bench/", "fuzz/"];

    [Fact]
    public void Lines_ExceptLongTexts_AreAtMost140ColumnsWide()
    {
        var sources = RepositoryFiles.All.Where(static file =>
            file.EndsWith(".cs", StringComparison.Ordinal) && s_folders.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)));
        Assert.Equal("", string.Join('\n', sources.SelectMany(WideLines)));
    }

    private static IEnumerable<string> WideLines(string file)
    {
        var text = SourceText.From(File.ReadAllText(Repository.PathOf(file)));
        var wide = text.Lines.Where(static line => line.Span.Length > Widest).ToList();
        if (wide.Count == 0) return [];
        var root = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest)).GetRoot();
        return wide.Where(line => !HasLongText(root, line)).Select(line => $"{file}:{line.LineNumber + 1}: {line.Span.Length} columns");
    }

    private static bool HasLongText(SyntaxNode root, TextLine line) =>
        line.ToString().Contains("://", StringComparison.Ordinal)
        || line.ToString().TrimStart().StartsWith("/// <inheritdoc cref=", StringComparison.Ordinal)
        || root.DescendantNodes(line.Span).Any(node =>
            node is InterpolatedStringExpressionSyntax or LiteralExpressionSyntax && node.Span.Intersection(line.Span)?.Length > LongText);
}
