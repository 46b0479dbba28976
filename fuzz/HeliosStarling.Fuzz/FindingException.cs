namespace HeliosStarling.Fuzz;

/// <summary>An invariant that an input broke.</summary>
internal sealed class FindingException(string message) : Exception(message)
{
    public static void Unless(bool holds, string invariant)
    {
        if (!holds) throw new FindingException(invariant);
    }
}
