namespace HeliosStarling;

/// <summary>Collects the errors in options: the name, the value and the allowed range of each.</summary>
internal sealed class OptionFaults
{
    public List<string> All { get; } = [];

    /// <summary>Returns the errors as parts of one sentence: <c>OptionsValidationException</c> joins them with semicolons.</summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> faults) =>
        [.. faults.Select((fault, index) => index == faults.Count - 1 ? fault : fault.TrimEnd('.'))];

    /// <summary>Adds an error if a value is out of its range.</summary>
    public void Check<T>(string option, T value, T minimum, T maximum)
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
            All.Add(FormattableString.Invariant($"{option} is {value}; it must be between {minimum} and {maximum}."));
    }
}
