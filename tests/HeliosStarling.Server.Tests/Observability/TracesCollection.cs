namespace HeliosStarling.Observability;

/// <summary>Tests that listen to traces. Traces are shared by the process, so no other test runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TracesCollection
{
    public const string Name = "Traces";
}
