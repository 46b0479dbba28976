using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HeliosStarling;

/// <summary>Members for servers only do not compile on a client or a mock.</summary>
public class ServerOnlyTests
{
    private const string Frame = """
        using System;
        using System.Collections.Generic;
        using System.Security.Claims;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using HeliosStarling;
        using HeliosStarling.Testing;

        static class Application
        {
            static void Register(Helios helios, StarlingClient client, MockStarling mock)
            {
                #CODE#
            }
        }
        """;

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(static path => MetadataReference.CreateFromFile(path))];

    /// <summary>
    /// Statements about <c>end</c>, and the errors that the compiler may give when <c>end</c> is a client. Overload resolution gives one of
    /// several.
    /// </summary>
    public static TheoryData<string, string> ServerOnly => new()
    {
        { "end.Method<int>(\"a:b\", () => 1).RequireAuthorization();", "CS1929" },
        { "end.Method<int>(\"a:b\", () => 1).RequireAuthorization(\"policy\");", "CS1929" },
        { "end.Method<int>(\"a:b\", () => 1).RequireAuthorization(user => true);", "CS1929" },
        { "end.Method<int>(\"a:b\", () => 1).LimitRate(1, TimeSpan.FromSeconds(1));", "CS1929" },
        { "end.Method<int>(\"a:b\", () => 1).Use((context, next) => next());", "CS1929" },
        { "end.Method<int, int>(\"a:b\", n => n).Validate<int>(n => []).LimitRate(1, TimeSpan.FromSeconds(1));", "CS1929" },
        { "end.On<int>(\"a:b\", n => { }).RequireAuthorization();", "CS1929" },
        { "end.On<int>(\"a:b\", n => { }).Use((context, next) => next());", "CS1929" },
        { "end.Method(\"a:b\", (string user, string text) => user + text);", "CS1503 CS1593 CS1661 CS1678 CS0411" },
        { "end.Method(\"a:b\", (int n, ClaimsPrincipal user) => n);", "CS1503 CS1593 CS1661 CS1678 CS0411" },
        { "end.Method(\"a:b\", (int n, RequestContext context) => n);", "CS1503 CS1593 CS1661 CS1678 CS0411" },
        { "end.On(\"a:b\", (string user, string text) => { });", "CS1503 CS1593 CS1661 CS1678 CS0411" },
        { "end.On(\"a:b\", (int n, CancellationToken token) => { });", "CS1503 CS1593 CS1661 CS1678 CS0411" },
        { "end.Use((context, next) => next());", "CS1929" },
        { "end.UseNotification((context, next) => next());", "CS1061" },
        { "end.OnConnection(starling => { });", "CS1061" },
        { "end.OnRecovery(starling => { });", "CS1061" },
        { "end.OnDisconnection((starling, reason) => { });", "CS1061" },
    };

    [Theory]
    [MemberData(nameof(ServerOnly))]
    public void Statement_OnAServer_Compiles(string statement, string _) => Assert.Empty(ErrorsOf("helios", statement));

    [Theory]
    [MemberData(nameof(ServerOnly))]
    public void Statement_OnAClient_DoesNotCompile(string statement, string errors)
    {
        foreach (var end in (string[])["client", "mock"])
        {
            var found = ErrorsOf(end, statement);
            Assert.NotEmpty(found);
            Assert.All(found, error => Assert.Contains(error, errors.Split(' ')));
        }
    }

    [Theory]
    [InlineData("end.Method<int>(\"a:b\", () => 1).Validate<int>(n => []).Unregister();")]
    [InlineData("end.Method(\"a:b\", (int n) => n);")]
    [InlineData("end.Method(\"a:b\", () => 1);")]
    [InlineData("end.Method(\"a:b\", async context => await Task.Yield());")]
    [InlineData("end.On(\"a:b\", (int n) => { }, new() { Priority = 1 });")]
    [InlineData("end.On<int>(\"a:b\", (n, context) => Console.WriteLine(context.Topic)).Dispose();")]
    [InlineData("end.OnText(text => { });")]
    [InlineData("end.OnJson(async json => await Task.Yield());")]
    [InlineData("end.OnBinary(bytes => { });")]
    [InlineData("end.OnError(error => { });")]
    public void Statement_ForBothEnds_Compiles(string statement)
    {
        foreach (var end in (string[])["helios", "client", "mock"]) Assert.Empty(ErrorsOf(end, statement));
    }

    private static List<string> ErrorsOf(string end, string statement)
    {
        var tree = CSharpSyntaxTree.ParseText(
            Frame.Replace("#CODE#", statement.Replace("end.", $"{end}.", StringComparison.Ordinal), StringComparison.Ordinal));
        var compilation = CSharpCompilation.Create(
            "Application", [tree], s_references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return [.. compilation.GetDiagnostics()
            .Where(static found => found.Severity == DiagnosticSeverity.Error)
            .Select(static found => found.Id)
            .Distinct()];
    }
}
