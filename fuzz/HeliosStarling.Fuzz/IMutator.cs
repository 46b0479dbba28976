namespace HeliosStarling.Fuzz;

/// <summary>Makes new inputs from those that reached new branches.</summary>
internal interface IMutator
{
    /// <summary>Makes a changed copy of <paramref name="input"/>, sometimes with pieces of <paramref name="other"/>.</summary>
    byte[] Mutate(byte[] input, byte[] other);
}
