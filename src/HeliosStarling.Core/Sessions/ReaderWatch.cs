namespace HeliosStarling;

/// <summary>Notices a handler that blocks the thread which reads its connection.</summary>
/// <remarks>The reader enters and leaves handlers, and one timer checks; both may run at the same time.</remarks>
internal struct ReaderWatch
{
    // Two seconds: enough for slow but honest work, and still early enough to explain why a client hangs.
    private const int Checks = 4;

    private string? _handler;
    private int _entered;
    private int _seen;
    private int _checks;

    /// <summary>The shortest time after which a handler counts as blocking, when it is checked twice a second.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(Checks / 2);

    /// <summary>The reader calls a handler.</summary>
    public void Enter(string handler)
    {
        _entered++;
        Volatile.Write(ref _handler, handler);
    }

    /// <summary>The handler has returned to the reader.</summary>
    public void Leave() => Volatile.Write(ref _handler, null);

    /// <summary>To be called twice a second.</summary>
    /// <returns>The handler that has not returned for <see cref="Limit"/>, once; else null.</returns>
    public string? Check()
    {
        var handler = Volatile.Read(ref _handler);
        var entered = Volatile.Read(ref _entered);
        if (handler is not null && entered == _seen) return ++_checks == Checks ? handler : null;
        (_seen, _checks) = (entered, 0);
        return null;
    }
}
