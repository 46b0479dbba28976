using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Collects the errors in one payload, up to a maximum number.</summary>
internal sealed class ValidationErrors
{
    // A message of 1 MiB can contain 100,000 errors. ValidationDetails also limits their size in the answer.
    public const int Max = 200;

    private readonly List<ValidationError> _all = [];

    public IReadOnlyList<ValidationError> All => _all;

    public int Count => _all.Count;

    /// <summary>Indicates whether the maximum is exceeded, so that the search can stop.</summary>
    public bool IsFull => _all.Count > Max;

    public void Add(string path, string message)
    {
        if (_all.Count < Max) _all.Add(new ValidationError(Cut(path), Cut(message)));
        else if (!IsFull) _all.Add(new ValidationError("$", $"There are more than {Max} errors."));
    }

    /// <param name="errors">The errors that a validator found; null means none.</param>
    public void Add(IEnumerable<ValidationError>? errors)
    {
        foreach (var error in errors ?? [])
        {
            Add(error.Path, error.Message);
            if (IsFull) return;
        }
    }

    /// <summary>Adds the first error to a message, for receivers that read the message alone.</summary>
    public static string Summarize(string text, IReadOnlyList<ValidationError> errors)
    {
        if (errors.Count == 0) return text;
        var more = errors.Count == 1 ? "" : FormattableString.Invariant($" ({errors.Count - 1} more in the details)");
        return $"{text}: {errors[0].Path}: {errors[0].Message}{more}";
    }

    /// <summary>Cuts a text to a maximum length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The maximum number of characters, at least 1.</param>
    public static string Cut(string text, int length = ProtocolLimits.MaxErrorMessageLength) =>
        // Never splits a surrogate pair.
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
