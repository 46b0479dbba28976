namespace HeliosStarling;

/// <summary>Collects what is wrong with options: of each its name, its value and the allowed range.</summary>
internal sealed class OptionFaults
{
    public List<string> All { get; } = [];

    /// <summary>The faults as parts of one sentence, which is how <c>OptionsValidationException</c> joins them.</summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> faults) =>
        [.. faults.Select((fault, index) => index == faults.Count - 1 ? fault : fault.TrimEnd('.'))];

    /// <summary>Adds a fault if a value is out of its range.</summary>
    public void Check<T>(string option, T value, T minimum, T maximum)
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
            All.Add(FormattableString.Invariant($"{option} is {value}; it must be between {minimum} and {maximum}."));
    }
}
