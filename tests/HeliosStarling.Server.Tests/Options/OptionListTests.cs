using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HeliosStarling;

/// <summary>Each option can be set in configuration and is documented.</summary>
public sealed class OptionListTests
{
    private static readonly Type[] s_types = [typeof(HeliosOptions), typeof(RateLimitOptions), typeof(RateLimit)];

    // Types with one value in a configuration.
    private static readonly HashSet<Type> s_scalars = [typeof(bool), typeof(int), typeof(long), typeof(TimeSpan)];

    public static TheoryData<string> Scalars => [.. PathsOf(typeof(HeliosOptions), "")];

    [Theory]
    [MemberData(nameof(Scalars))]
    public void Option_SetInConfiguration_IsBound(string path)
    {
        var (set, get) = ValueOther(path);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>($"Helios:{path}", set)])
            .Build();
        using var services = new ServiceCollection().AddHelios(configuration.GetSection("Helios")).Services.BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<HeliosOptions>>().Value;

        Assert.Equal(get, ValueAt(options, path));
        Assert.NotEqual(get, ValueAt(new HeliosOptions(), path));
    }

    [Fact]
    public void Options_AllOfThem_StandInTheDocumentation()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "limits.md"));

        var missing = s_types.SelectMany(type => type.GetProperties().Where(IsOption))
            .Select(property => property.Name)
            .Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static bool IsOption(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true } || property.PropertyType.IsGenericType || s_types.Contains(property.PropertyType);

    private static IEnumerable<string> PathsOf(Type type, string prefix) => type.GetProperties().Where(IsOption).SelectMany(property =>
        s_types.Contains(property.PropertyType) ? PathsOf(property.PropertyType, $"{prefix}{property.Name}:")
        : IsScalar(property.PropertyType) ? [prefix + property.Name]
        : Array.Empty<string>());

    private static bool IsScalar(Type type) => type.IsEnum || s_scalars.Contains(Nullable.GetUnderlyingType(type) ?? type);

    /// <summary>A value other than the default, as text and as bound.</summary>
    private static (string Text, object Value) ValueOther(string path) => ValueAt(new HeliosOptions(), path) switch
    {
        bool value => ($"{!value}", !value),
        int value => ((value + 1).ToString(CultureInfo.InvariantCulture), value + 1),
        long value => ((value + 1).ToString(CultureInfo.InvariantCulture), value + 1),
        TimeSpan value => ((value + TimeSpan.FromSeconds(1)).ToString("c", CultureInfo.InvariantCulture), value + TimeSpan.FromSeconds(1)),
        Enum value => (Enum.GetNames(value.GetType())[^1], Enum.GetValues(value.GetType()).Cast<object>().Last()),
        _ => path.EndsWith(nameof(RateLimit.Window), StringComparison.Ordinal) ? ("00:00:07", TimeSpan.FromSeconds(7)) : ("7", 7),
    };

    private static object? ValueAt(object? options, string path) =>
        path.Split(':').Aggregate(options, static (holder, name) => holder?.GetType().GetProperty(name)!.GetValue(holder));
}
