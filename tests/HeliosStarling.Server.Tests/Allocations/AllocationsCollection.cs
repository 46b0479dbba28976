namespace HeliosStarling.Allocations;

/// <summary>
/// Tests that count the bytes of the whole process, or need a process without listeners. No other test runs at the same time.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationsCollection
{
    public const string Name = "Allocations";
}
