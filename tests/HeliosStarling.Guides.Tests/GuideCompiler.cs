using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HeliosStarling.Guides;

/// <summary>Compiles code blocks as the SDK does, with the references of the tests.</summary>
internal static class GuideCompiler
{
    private const string ConsoleUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string WebUsings = ConsoleUsings + """

        global using System.Net.Http.Json;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private const string Prefix = "guide-";

    private static readonly CSharpParseOptions s_options = new(LanguageVersion.Latest);

    // As the SDK does: a package was built against an earlier version of an assembly that the application has too.
    private static readonly Dictionary<string, ReportDiagnostic> s_suppressed =
        new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    private static int s_files;

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(static path => MetadataReference.CreateFromFile(path))];

    static GuideCompiler()
    {
        foreach (var earlier in Directory.EnumerateFiles(AppContext.BaseDirectory, $"{Prefix}*.dll")) File.Delete(earlier);
    }

    /// <summary>Compiles without warnings and returns the path of the assembly.</summary>
    public static string Compile(string name, IReadOnlyList<string> blocks, IEnumerable<string> references)
    {
        // Those of the web SDK and of the worker SDK.
        var isWeb = blocks.Any(block => block.Contains("Builder(args)", StringComparison.Ordinal));
        var (source, isProgram) = Join(blocks);
        var compilation = CSharpCompilation.Create(
            name,
            // As the web SDK does, so that WebApplicationFactory can be given the program.
            isWeb && isProgram
                ? [Parse(source), Parse(WebUsings), Parse("public partial class Program;")]
                : [Parse(source), Parse(isWeb ? WebUsings : ConsoleUsings)],
            [.. s_references, .. references.Select(static path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable,
                specificDiagnosticOptions: s_suppressed));
        // Several tests may compile the same program, each to its own file.
        var path = Path.Combine(AppContext.BaseDirectory, $"{Prefix}{name}.{Interlocked.Increment(ref s_files)}.dll");
        using var file = File.Create(path);
        JsonContexts().RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        var result = whole.Emit(file);
        var faults = result.Diagnostics.Where(static found => found.Severity >= DiagnosticSeverity.Warning).ToArray();
        Assert.True(faults.Length == 0, $"{name}\n{string.Join('\n', faults.Select(static fault => fault.ToString()))}\n{source}");
        return path;
    }

    private static CSharpGeneratorDriver JsonContexts()
    {
        var generator = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "System.Text.Json.SourceGeneration.dll"))
            .GetType("System.Text.Json.SourceGeneration.JsonSourceGenerator", throwOnError: true)!;
        return CSharpGeneratorDriver.Create(
            [((IIncrementalGenerator)Activator.CreateInstance(generator)!).AsSourceGenerator()], parseOptions: s_options);
    }

    /// <summary>Usings first, then statements, then types, because a page may show them in any order.</summary>
    private static (string Source, bool IsProgram) Join(IReadOnlyList<string> blocks)
    {
        var roots = blocks.Select(static block => (CompilationUnitSyntax)Parse(block).GetRoot()).ToArray();
        var usings = roots.SelectMany(static root => root.Usings).Select(static one => one.ToString()).Distinct();
        var members = roots.SelectMany(static root => root.Members).ToArray();
        var statements = members.OfType<GlobalStatementSyntax>().ToArray();
        return (
            string.Join('\n', [.. usings, .. statements.Select(Text), .. members.Except(statements).Select(Text)]), statements.Length > 0);
    }

    private static string Text(MemberDeclarationSyntax member) => member.ToFullString().TrimEnd();

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, s_options);
}
