namespace HeliosStarling.Fuzz;

/// <summary>What is under fuzzing.</summary>
internal interface IFuzzTarget
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Whether several threads run an input.</summary>
    bool IsConcurrent => false;

    /// <summary>What else there is to report.</summary>
    string Figures => "";

    /// <summary>Inputs to start from.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Changes inputs in a way that suits the target.</summary>
    IMutator NewMutator(Random random) => new ByteMutator(random);

    /// <summary>Runs one input and throws when an invariant is broken.</summary>
    void Run(ReadOnlySpan<byte> input);
}
