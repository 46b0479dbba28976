using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Cluster;

public sealed class InMemoryStateStoreContractTests : StateStoreContract
{
    private readonly FakeTimeProvider _time = new();

    public InMemoryStateStoreContractTests() => Store = new InMemoryStateStore(_time);

    private protected override IStateStore Store { get; }

    private protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
