namespace HeliosStarling;

/// <summary>
/// Remembers which instance of a client is linked, and which instances were replaced (docs/protocol.md section 7, rule 5).
/// </summary>
/// <remarks>Guarded by the lock of the ledger.</remarks>
internal struct ClientInstances
{
    private const int MaxReplaced = 16;

    private Queue<string>? _replaced;
    private string? _current;
    private long _attempt;
    private bool _isKnown;

    /// <summary>Determines whether a connection may be linked, considering the instance of its client.</summary>
    public readonly LinkOutcome Judge(in LinkClaim claim)
    {
        if (!_isKnown) return LinkOutcome.Linked;
        if (claim.Instance is { } instance && _replaced?.Contains(instance) == true) return LinkOutcome.Late;
        if (claim.Instance is not null && claim.Instance == _current && claim.Attempt != _attempt)
            return claim.Attempt < _attempt ? LinkOutcome.Late : LinkOutcome.Linked;
        return claim.IsProven ? LinkOutcome.Linked : LinkOutcome.Unproven;
    }

    /// <summary>Records that a connection was linked.</summary>
    public void Record(in LinkClaim claim)
    {
        if (_current is { } before && before != claim.Instance) Replace(before);
        (_current, _attempt, _isKnown) = (claim.Instance, claim.Attempt, true);
    }

    private void Replace(string instance)
    {
        _replaced ??= new Queue<string>();
        if (_replaced.Count == MaxReplaced) _replaced.Dequeue();
        _replaced.Enqueue(instance);
    }
}
