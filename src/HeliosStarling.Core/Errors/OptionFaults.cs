namespace HeliosStarling;

/// <summary>Collects what is wrong with options: of each its name, its value and the allowed range.</summary>
internal sealed class OptionFaults
{
    public List<string> All { get; } = [];

    /// <summary>Adds a fault if a value is out of its range.</summary>
    public void Check<T>(string option, T value, T minimum, T maximum)
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
            All.Add(FormattableString.Invariant($"{option} is {value}; it must be between {minimum} and {maximum}."));
    }
}
