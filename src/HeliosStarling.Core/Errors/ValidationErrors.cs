using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What is wrong with one payload, as far as it is told.</summary>
internal sealed class ValidationErrors
{
    // A message of a mebibyte can hold a hundred thousand faults; ValidationDetails bounds what they take in the answer.
    public const int Max = 200;

    private readonly List<ValidationError> _all = [];

    public IReadOnlyList<ValidationError> All => _all;

    public int Count => _all.Count;

    /// <summary>Whether looking further is of no use.</summary>
    public bool IsFull => _all.Count > Max;

    public void Add(string path, string message)
    {
        if (_all.Count < Max) _all.Add(new ValidationError(Cut(path), Cut(message)));
        else if (!IsFull) _all.Add(new ValidationError("$", $"There are more than {Max} errors."));
    }

    /// <param name="errors">What a validator found; null counts as nothing.</param>
    public void Add(IEnumerable<ValidationError>? errors)
    {
        foreach (var error in errors ?? [])
        {
            Add(error.Path, error.Message);
            if (IsFull) return;
        }
    }

    /// <summary>A message with the first error, for a receiver that looks at the message alone.</summary>
    public static string Summarize(string text, IReadOnlyList<ValidationError> errors)
    {
        if (errors.Count == 0) return text;
        var more = errors.Count == 1 ? "" : FormattableString.Invariant($" ({errors.Count - 1} more in the details)");
        return $"{text}: {errors[0].Path}: {errors[0].Message}{more}";
    }

    /// <summary>As much of a text as is told.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The most characters, at least 1.</param>
    public static string Cut(string text, int length = ProtocolLimits.MaxErrorMessageLength) =>
        // Not in the middle of a surrogate pair.
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
