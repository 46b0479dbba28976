namespace HeliosStarling.Fuzz;

/// <summary>Code to fuzz.</summary>
internal interface IFuzzTarget
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Whether several threads run an input.</summary>
    bool IsConcurrent => false;

    /// <summary>Further figures to print.</summary>
    string Figures => "";

    /// <summary>The first inputs.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Makes a mutator for inputs of this target.</summary>
    IMutator NewMutator(Random random) => new ByteMutator(random);

    /// <summary>Runs one input and throws when an invariant is broken.</summary>
    void Run(ReadOnlySpan<byte> input);
}
