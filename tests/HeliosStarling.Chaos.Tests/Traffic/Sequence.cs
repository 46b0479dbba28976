namespace HeliosStarling.Chaos;

/// <summary>The messages of one sender to one receiver, numbered from 1: what was sent, and what came.</summary>
internal sealed class Sequence(string name)
{
    private readonly Lock _lock = new();
    private readonly List<string> _faults = [];
    private long _sent;
    private long _expected;

    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The number of the next message.</summary>
    public long Next() => Interlocked.Increment(ref _sent);

    /// <summary>A message came.</summary>
    public void Receive(long number)
    {
        lock (_lock)
        {
            if (number == _expected + 1) _expected = number;
            else if (number <= _expected) _faults.Add($"{name}: {number} came again after {_expected}");
            else
            {
                _faults.Add($"{name}: {number} came after {_expected}");
                _expected = number;
            }
        }
    }

    /// <summary>Whether all up to this number has come, of a sender that counts elsewhere.</summary>
    public bool Has(long number)
    {
        lock (_lock) return _expected == number;
    }

    /// <summary>What is wrong so far with what has come.</summary>
    public IReadOnlyList<string> FaultsUpTo
    {
        get { lock (_lock) return [.. _faults]; }
    }

    public bool IsComplete
    {
        get { lock (_lock) return _expected == Sent; }
    }

    /// <summary>What is wrong so far, a lost end included.</summary>
    public IReadOnlyList<string> Faults
    {
        get { lock (_lock) return _expected == Sent ? [.. _faults] : [.. _faults, $"{name}: {_expected + 1} to {Sent} never came"]; }
    }
}
