namespace HeliosStarling;

/// <summary>Which life of a client is linked, and from which ones another took over (docs/protocol.md section 7, rule 5).</summary>
/// <remarks>Belongs to a session, whose lock guards it.</remarks>
internal struct ClientInstances
{
    private const int MostReplaced = 16;

    private Queue<string>? _replaced;
    private string? _current;
    private long _attempt;
    private bool _isKnown;

    /// <summary>Whether a connection may be linked, as far as the lives of its client go.</summary>
    public readonly LinkOutcome Judge(in LinkClaim claim)
    {
        if (!_isKnown) return LinkOutcome.Linked;
        if (claim.Instance is { } instance && _replaced?.Contains(instance) == true) return LinkOutcome.Late;
        if (claim.Instance is not null && claim.Instance == _current && claim.Attempt != _attempt)
            return claim.Attempt < _attempt ? LinkOutcome.Late : LinkOutcome.Linked;
        return claim.IsProven ? LinkOutcome.Linked : LinkOutcome.Unproven;
    }

    /// <summary>A connection is linked.</summary>
    public void Take(in LinkClaim claim)
    {
        if (_current is { } before && before != claim.Instance) Replace(before);
        (_current, _attempt, _isKnown) = (claim.Instance, claim.Attempt, true);
    }

    private void Replace(string instance)
    {
        _replaced ??= new Queue<string>();
        if (_replaced.Count == MostReplaced) _replaced.Dequeue();
        _replaced.Enqueue(instance);
    }
}
