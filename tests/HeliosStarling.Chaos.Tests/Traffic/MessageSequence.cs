namespace HeliosStarling.Chaos;

/// <summary>The messages of one sender to one receiver, numbered from 1: those sent and those received.</summary>
internal sealed class MessageSequence(string name)
{
    private readonly Lock _lock = new();
    private readonly List<string> _faults = [];
    private long _sent;
    private long _expected;

    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The number of the next message.</summary>
    public long Next() => Interlocked.Increment(ref _sent);

    /// <summary>Records a message that was received.</summary>
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

    /// <summary>Whether everything up to this number was received. For a sender that counts elsewhere.</summary>
    public bool Has(long number)
    {
        lock (_lock) return _expected == number;
    }

    /// <summary>Received messages that were out of order or doubled.</summary>
    public IReadOnlyList<string> OrderFaults
    {
        get { lock (_lock) return [.. _faults]; }
    }

    public bool IsComplete
    {
        get { lock (_lock) return _expected == Sent; }
    }

    /// <summary>The faults so far, including messages that are missing at the end.</summary>
    public IReadOnlyList<string> Faults
    {
        get { lock (_lock) return _expected == Sent ? [.. _faults] : [.. _faults, $"{name}: {_expected + 1} to {Sent} never came"]; }
    }
}
