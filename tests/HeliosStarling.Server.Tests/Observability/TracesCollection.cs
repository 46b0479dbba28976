namespace HeliosStarling.Observability;

/// <summary>Tests that listen to traces, which are the process's: no other test runs meanwhile, whose messages would change.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TracesCollection
{
    public const string Name = "Traces";
}
