namespace HeliosStarling.Fuzz;

/// <summary>A parser under fuzzing.</summary>
internal interface IFuzzTarget
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Inputs to start from.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Runs one input and throws when an invariant is broken.</summary>
    void Run(ReadOnlySpan<byte> input);
}
