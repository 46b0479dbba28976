namespace HeliosStarling.Testing;

/// <summary>The received items, in order, and the callers that wait for more.</summary>
/// <remarks>Safe to use concurrently. Each item is taken once.</remarks>
internal sealed class Inbox<T>(string what)
{
    private readonly Lock _lock = new();
    private readonly List<T> _all = [];
    private readonly List<T> _untaken = [];
    private readonly List<Waiter> _waiters = [];
    private bool _ended;

    public IReadOnlyList<T> All
    {
        get { lock (_lock) return [.. _all]; }
    }

    public void Add(T item)
    {
        lock (_lock)
        {
            _all.Add(item);
            // A waiter that was cancelled meanwhile takes no item.
            var waiter = _waiters.Find(waiter => waiter.Match(item) && waiter.Taken.TrySetResult(item));
            if (waiter is null) _untaken.Add(item);
            else _waiters.Remove(waiter);
        }
    }

    /// <summary>Ends the inbox: no further items arrive.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var waiter in _waiters) waiter.Taken.TrySetException(Ended());
            _waiters.Clear();
        }
    }

    /// <summary>Reopens the inbox for another connection.</summary>
    public void Reopen()
    {
        lock (_lock) _ended = false;
    }

    /// <summary>Takes the first item that matches, or waits for it.</summary>
    /// <exception cref="TimeoutException">None arrived in time. The message lists the others that arrived.</exception>
    /// <exception cref="InvalidOperationException">The connection has ended, so none can arrive.</exception>
    public async Task<T> TakeAsync(Func<T, bool> match, TimeSpan patience, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(match);
        lock (_lock)
        {
            var index = _untaken.FindIndex(item => match(item));
            if (index >= 0) waiter.Taken.SetResult(_untaken[index]);
            else if (_ended) throw Ended();
            else _waiters.Add(waiter);
            if (index >= 0) _untaken.RemoveAt(index);
        }
        // Use the system clock: the server's clock may be controlled by the test.
        using var limit = new CancellationTokenSource(patience, TimeProvider.System);
        using var timedOut = limit.Token.UnsafeRegister(_ => waiter.Taken.TrySetException(TooLate(patience)), null);
        using var cancelled = cancellationToken.UnsafeRegister(
            token => waiter.Taken.TrySetCanceled((CancellationToken)token!), cancellationToken);
        try
        {
            return await waiter.Taken.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _waiters.Remove(waiter);
        }
    }

    private TimeoutException TooLate(TimeSpan patience) => new($"No such {what} came within {patience}. {Describe()}");

    private InvalidOperationException Ended() => new($"No such {what} can come: the connection has ended. {Describe()}");

    private string Describe()
    {
        var all = All;
        return all.Count == 0 ? $"No {what} came at all." : $"What came: {string.Join(", ", all)}.";
    }

    private sealed record Waiter(Func<T, bool> Match)
    {
        public TaskCompletionSource<T> Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
