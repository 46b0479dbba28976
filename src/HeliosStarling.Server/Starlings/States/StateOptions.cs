namespace HeliosStarling;

/// <summary>How one state is saved and restored.</summary>
/// <remarks>
/// A fault is: saving or restoring throws, <see cref="Validate"/> says no, the saved JSON is no <typeparamref name="T"/>, or nothing was
/// saved.
/// <list type="table">
/// <listheader><term>fault</term><description>what happens</description></listheader>
/// <item><term>saving throws, or its result is not valid</term><description><see cref="DefaultState"/> is saved if there is one; else an
/// optional state is left out of the token, and a required one fails the whole token.</description></item>
/// <item><term>nothing was saved, or it is unreadable or not valid</term><description><see cref="DefaultState"/> is restored if there is
/// one; else an optional state is skipped, and a required one refuses the recovery.</description></item>
/// <item><term>restoring throws</term><description>an optional state is skipped, a required one refuses the recovery.</description></item>
/// </list>
/// Every fault but a missing optional state raises the event <c>state:failed</c> and is logged.
/// </remarks>
public sealed record StateOptions<T>
{
    /// <summary>Whether there is no token and no recovery without this state. Default false.</summary>
    public bool Required { get; init; }

    /// <summary>Says whether a state is good, when it is saved and before it is restored. Default: all are.</summary>
    public Func<T, bool>? Validate { get; init; }

    /// <summary>What stands in for a state that cannot be saved, or is missing or no good. Default none.</summary>
    public T? DefaultState
    {
        get;
        init
        {
            field = value;
            HasDefault = true;
        }
    }

    internal bool HasDefault { get; private init; }
}
