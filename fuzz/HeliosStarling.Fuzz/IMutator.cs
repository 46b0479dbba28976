namespace HeliosStarling.Fuzz;

/// <summary>Makes new inputs out of those that led somewhere.</summary>
internal interface IMutator
{
    /// <summary>A changed copy of <paramref name="input"/>, with pieces of <paramref name="other"/> perhaps.</summary>
    byte[] Mutate(byte[] input, byte[] other);
}
