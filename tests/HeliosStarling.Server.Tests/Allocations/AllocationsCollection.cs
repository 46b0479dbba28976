namespace HeliosStarling.Allocations;

/// <summary>
/// Tests that count the bytes of the whole process, and what is measured when nobody listens: no other test runs meanwhile.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationsCollection
{
    public const string Name = "Allocations";
}
