using System.Text.Json;

namespace HeliosStarling.Siege;

/// <summary>Reads what handlers were given, while they end and later, and counts what does not belong to its own message.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class KeptReads
{
    private const int ReadsOfEach = 6;

    // More tasks would wait for one another, and read only when their handlers have long ended.
    private const int MostReaders = 256;

    private long _count;
    private int _readers;
    private string? _fault;

    /// <summary>How many tasks read now.</summary>
    public int Readers => Volatile.Read(ref _readers);

    /// <summary>How many times something was read.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The first read that showed another message; null when none did.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>Reads a request's context from a task that its handler leaves behind. Its payload and metadata repeat its id.</summary>
    public void Leave(RequestContext context)
    {
        var expected = context.RequestId.ToString();
        Start(expected, () => Join(context.Payload.Element, context.Metadata));
    }

    /// <summary>Reads what a notification brought.</summary>
    public void Leave(JsonElement data, TopicContext context)
    {
        var expected = context.Metadata.GetProperty("id").GetString()!;
        Start(expected, () => Join(data, context.Metadata));
    }

    /// <summary>Reads a text message that says the same twice, behind "kept".</summary>
    public void Leave(string text)
    {
        if (text.Split(' ') is ["kept", var id, _]) Start(id, () => text.Split(' ') is [_, var one, var two] && one == two ? one : text);
    }

    private void Start(string expected, Func<string?> read)
    {
        if (Interlocked.Increment(ref _readers) > MostReaders) Interlocked.Decrement(ref _readers);
        else _ = Task.Run(() => Read(expected, read));
    }

    private void Read(string expected, Func<string?> read)
    {
        for (var i = 0; i < ReadsOfEach; i++)
        {
            Interlocked.Increment(ref _count);
            try
            {
                if (read() is var shown && shown != expected) _fault ??= $"{expected} showed {shown}";
            }
            catch (Exception exception)
            {
                _fault ??= $"{expected} failed: {exception.Message}";
            }
        }
        Interlocked.Decrement(ref _readers);
    }

    // One id, when all four say the same.
    private static string Join(params ReadOnlySpan<JsonElement> elements)
    {
        var ids = new HashSet<string?>();
        foreach (var element in elements)
        {
            ids.Add(element.GetProperty("id").GetString());
            ids.Add(element.GetProperty("again").GetString());
        }
        return string.Join('|', ids);
    }
}
