using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HeliosStarling;

/// <summary>The source files of one room, compiled far enough to resolve names.</summary>
internal sealed class RoomSources
{
    private readonly string _root;
    private readonly CSharpCompilation _compilation;

    private RoomSources(string room)
    {
        _root = $"src/{room}/";
        var files = RepositoryFiles.All.Where(
            file => file.StartsWith(_root, StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal));
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        Trees = [.. files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(Repository.PathOf(file)), options, file))];
        _compilation = CSharpCompilation.Create(
            room, [.. Trees, GlobalUsings(options)], References(room), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
    }

    /// <summary>One tree for each file; its path is relative to the repository.</summary>
    public IReadOnlyList<SyntaxTree> Trees { get; }

    public static RoomSources Of(string room) => new(room);

    /// <summary>
    /// The folder of a file within the room; empty for the room itself. Files of a subfolder count for the outer folder.
    /// </summary>
    public string FolderOf(SyntaxTree tree)
    {
        var file = tree.FilePath[_root.Length..];
        return file.Contains('/') ? file[..file.IndexOf('/')] : "";
    }

    /// <summary>Every type that is declared in the room, with all its parts.</summary>
    public IEnumerable<(INamedTypeSymbol Type, IReadOnlyList<BaseTypeDeclarationSyntax> Parts)> Types() =>
        Trees.SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Where(
            static type => type.Parent is BaseNamespaceDeclarationSyntax)
                .Select(part => (Symbol: _compilation.GetSemanticModel(tree).GetDeclaredSymbol(part)!, Part: part)))
            .GroupBy<(INamedTypeSymbol Symbol, BaseTypeDeclarationSyntax Part), ISymbol>(
                static part => part.Symbol, SymbolEqualityComparer.Default)
            .Select(static parts =>
                ((INamedTypeSymbol)parts.Key, (IReadOnlyList<BaseTypeDeclarationSyntax>)[.. parts.Select(static part => part.Part)]));

    /// <summary>Each use of one folder's types by another folder's code.</summary>
    public IEnumerable<(string From, string To, string File, string Name, bool IsMember)> Uses()
    {
        foreach (var tree in Trees)
        {
            var model = _compilation.GetSemanticModel(tree);
            var from = FolderOf(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var symbol = model.GetSymbolInfo(name).Symbol;
                if (TypeOf(symbol) is { } type && DeclarationOf(type) is { } declared && FolderOf(declared) is var to && to != from)
                    yield return (from, to, Path.GetFileName(tree.FilePath), type.Name, symbol is not INamedTypeSymbol);
            }
        }
    }

    private static INamedTypeSymbol? TypeOf(ISymbol? symbol) => symbol switch
    {
        INamedTypeSymbol type => type.OriginalDefinition,
        IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType?.OriginalDefinition,
        _ => null,
    };

    private SyntaxTree? DeclarationOf(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Select(static part => part.SyntaxTree).FirstOrDefault(tree => Trees.Contains(tree));

    // The global usings of the SDK.
    private static SyntaxTree GlobalUsings(CSharpParseOptions options) => CSharpSyntaxTree.ParseText(
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """,
        options,
        "GlobalUsings.cs");

    // The room itself is compiled from sources. Its references are the assemblies beside the tests.
    private static IEnumerable<MetadataReference> References(string room) => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(file =>
            Path.GetFileNameWithoutExtension(file) is var name && name != room && !name.EndsWith(".Tests", StringComparison.Ordinal))
        .Select(static file => MetadataReference.CreateFromFile(file));
}
