using System.Reflection;
using System.Runtime.Loader;

namespace HeliosStarling.Guides;

/// <summary>The tests of the page about tests, run against its application.</summary>
public class TestingGuideTests
{
    [Fact]
    public async Task Tests_OfThePage_Pass()
    {
        var guide = Guide.Read("testing");
        var app = guide.Compile("app");
        var name = AssemblyLoadContext.Default.LoadFromAssemblyPath(app).GetName().Name!;
        // WebApplicationFactory needs both.
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, $"{typeof(GuideRun).Assembly.GetName().Name}.deps.json"),
            Path.Combine(AppContext.BaseDirectory, $"{name}.deps.json"),
            overwrite: true);
        Environment.SetEnvironmentVariable(
            $"ASPNETCORE_TEST_CONTENTROOT_{name.ToUpperInvariant().Replace('.', '_')}", AppContext.BaseDirectory);
        var tests = AssemblyLoadContext.Default.LoadFromAssemblyPath(guide.Compile("tests", server: null, app));

        var found = tests.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FactAttribute)))
            .ToArray();
        Assert.NotEmpty(found);
        foreach (var test in found) await RunAsync(test);
    }

    private static async Task RunAsync(MethodInfo test)
    {
        var data = test.GetCustomAttributes<InlineDataAttribute>().Select(one => (object?[]?)one.Data).DefaultIfEmpty(null);
        foreach (var arguments in data)
        {
            var failure = await Record.ExceptionAsync(
                () => ((Task)test.Invoke(Activator.CreateInstance(test.DeclaringType!), arguments)!).InTime(test.Name));
            Assert.True(failure is null, $"{test.Name}: {failure}");
        }
    }
}
