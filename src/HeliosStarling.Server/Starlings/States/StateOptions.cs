namespace HeliosStarling;

/// <summary>Options for saving and restoring one state.</summary>
/// <remarks>
/// It is a fault when saving or restoring throws, when <see cref="Validate"/> returns false, when the saved JSON is no
/// <typeparamref name="T"/>, or when nothing was saved.
/// <list type="table">
/// <listheader><term>fault</term><description>what happens</description></listheader>
/// <item><term>saving throws, or its result is not valid</term><description><see cref="DefaultState"/> is saved if there is one. Otherwise
/// an optional state is left out of the token, and without a required state no token is issued.</description></item>
/// <item><term>nothing was saved, or it is unreadable or not valid</term><description><see cref="DefaultState"/> is restored if there is
/// one. Otherwise an optional state is skipped, and without a required state the recovery is refused.</description></item>
/// <item><term>restoring throws</term><description>An optional state is skipped. Without a required state the recovery is
/// refused.</description></item>
/// </list>
/// Each fault raises the event <c>state:failed</c> and is logged, except a missing optional state.
/// </remarks>
public sealed record StateOptions<T>
{
    /// <summary>Whether tokens and recovery need this state. Default false.</summary>
    public bool Required { get; init; }

    /// <summary>Validates a state when it is saved and before it is restored. Default: every state is valid.</summary>
    public Func<T, bool>? Validate { get; init; }

    /// <summary>The replacement for a state that cannot be saved, is missing or is not valid. Default none.</summary>
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
