using HeliosStarling.Testing;
using HeliosStarling.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeliosStarling.Observability;

/// <summary>The log of a server or client without a logger.</summary>
[CollectionDefinition("Standard error", DisableParallelization = true)]
[Collection("Standard error")]
public sealed class DefaultLogTests : IDisposable
{
    private readonly TextWriter _before = Console.Error;
    private readonly StringWriter _written = new();

    public DefaultLogTests() => Console.SetError(TextWriter.Synchronized(_written));

    public void Dispose()
    {
        Console.SetError(_before);
        _written.Dispose();
    }

    [Fact]
    public async Task Create_WithoutLogger_WritesExceptionsOfHandlersToTheErrorStream()
    {
        await using var helios = Helios.Create();

        await FailAsync(helios);

        Assert.Contains(
            "fail: HeliosStarling.Helios[1] The handler of method 'broken:one' failed.", _written.ToString(), StringComparison.Ordinal);
        Assert.Contains("FormatException: the reason", _written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithoutLogger_WritesNothingBelowWarnings()
    {
        await using var helios = Helios.Create();
        helios.Method("fine:one", (RequestContext _) => 1);
        await using var mock = new MockStarling(helios);

        await mock.RequestAsync<int>("fine:one");

        Assert.Equal("", _written.ToString());
    }

    [Fact]
    public async Task Create_WithNullLoggerFactory_IsSilent()
    {
        await using var helios = Helios.Create(options => options.LoggerFactory = NullLoggerFactory.Instance);

        await FailAsync(helios);

        Assert.Equal("", _written.ToString());
    }

    [Fact]
    public async Task Create_WithLoggerOfServices_LogsThereAlone()
    {
        using var log = new LogProbe();
        await using var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log)).BuildServiceProvider();
        await using var helios = Helios.Create(services: services);

        await FailAsync(helios);

        Assert.Contains(log.Entries, entry => entry.Exception is FormatException);
        Assert.DoesNotContain("broken:one", _written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_WithoutLogger_WritesExceptionsOfHandlersToTheErrorStream()
    {
        await using var helios = Helios.Create(options => options.LoggerFactory = NullLoggerFactory.Instance);
        await using var mock =
            new MockStarling(helios, setup: client => client.Method("broken:two", (int _, ClientRequestContext _) => Throw()));

        await Assert.ThrowsAsync<HeliosException>(async () => await mock.Starling.Request<int>("broken:two", 1));

        Assert.Contains(
            "fail: HeliosStarling.StarlingClient[1] The handler of method 'broken:two' failed.",
            _written.ToString(),
            StringComparison.Ordinal);
    }

    private static async Task FailAsync(Helios helios)
    {
        helios.Method("broken:one", (RequestContext _) => Throw());
        await using var mock = new MockStarling(helios);
        await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<int>("broken:one"));
    }

    private static int Throw() => throw new FormatException("the reason");
}
