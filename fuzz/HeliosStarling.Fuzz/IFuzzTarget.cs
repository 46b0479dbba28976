namespace HeliosStarling.Fuzz;

/// <summary>Something that takes any bytes and must never break.</summary>
internal interface IFuzzTarget
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Inputs to begin with.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>
    /// What the target made of the last input, in few words; inputs with a new outcome are kept and mutated further. Null: no feedback.
    /// </summary>
    string? Outcome => null;

    /// <summary>The file of the assembly whose branches count with <c>--coverage</c>.</summary>
    string Assembly { get; }

    /// <summary>Runs one input. Any exception is a finding.</summary>
    void Run(ReadOnlySpan<byte> input);
}
