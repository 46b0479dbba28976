using System.Text.Json;

namespace HeliosStarling.Isolation;

/// <summary>
/// Application code that keeps its contexts and payloads and reads them on other threads while other messages arrive. Each
/// read must return the original message.
/// </summary>
internal sealed class RetainedReads : IAsyncDisposable
{
    private const int Kept = 512;
    private const int Threads = 2;

    private readonly Reading?[] _readings = new Reading?[Kept];
    private readonly Task[] _readers;
    private long _reads;
    private int _next;
    private volatile bool _ends;
    private volatile string? _fault;

    public RetainedReads() => _readers = [.. Enumerable.Range(0, Threads)
        .Select(_ => Task.Factory.StartNew(ReadOn, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

    /// <summary>The number of reads.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>The first read with a wrong result; null when all were right.</summary>
    public string? Fault => _fault;

    /// <summary>Keeps a value that application code got.</summary>
    /// <param name="expected">The result of every read.</param>
    /// <param name="read">Reads the value.</param>
    public void Keep(string expected, Func<string?> read) =>
        Volatile.Write(ref _readings[(uint)Interlocked.Increment(ref _next) % Kept], new Reading(expected, read));

    public async ValueTask DisposeAsync()
    {
        _ends = true;
        await Task.WhenAll(_readers);
    }

    private void ReadOn()
    {
        while (!_ends && _fault is null)
        {
            foreach (ref var place in _readings.AsSpan())
            {
                if (Volatile.Read(ref place) is { } reading) Read(reading);
            }
        }
    }

    private void Read(Reading reading)
    {
        try
        {
            Interlocked.Increment(ref _reads);
            if (reading.Read() is var shown && shown != reading.Expected)
                _fault ??= $"Given with {Cut(reading.Expected)}, showed {Cut(shown)}.";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            _fault ??= $"Given with {Cut(reading.Expected)}, failed with {exception.GetType().Name}: {exception.Message}";
        }
    }

    private static string? Cut(string? text) => text is { Length: > 80 } ? text[..80] : text;

    private sealed record Reading(string Expected, Func<string?> Read);
}
