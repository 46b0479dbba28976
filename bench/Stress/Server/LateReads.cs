using System.Text.Json;

namespace HeliosStarling.Stress;

/// <summary>Reads contexts and payloads during and after the end of their handlers. Records reads of another message's data.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class LateReads
{
    private const int ReadsOfEach = 6;

    // With more tasks, each would read long after its handler has ended.
    private const int MostReaders = 256;

    private long _count;
    private int _readers;
    private string? _fault;

    /// <summary>The number of tasks that read now.</summary>
    public int Readers => Volatile.Read(ref _readers);

    /// <summary>The number of reads.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The first read that returned another message's data; null when none did.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>Reads a request's context in a task that outlives the handler. Payload and metadata repeat the request's id.</summary>
    public void ReadLater(RequestContext context)
    {
        var expected = context.RequestId.ToString();
        Start(expected, () => Join(context.Payload.Element, context.Metadata));
    }

    /// <summary>Reads the data and metadata of a notification in a task that outlives the handler.</summary>
    public void ReadLater(JsonElement data, TopicContext context)
    {
        var expected = context.Metadata.GetProperty("id").GetString()!;
        Start(expected, () => Join(data, context.Metadata));
    }

    /// <summary>Reads a text message in a task that outlives the handler. The text is "kept" and an id, twice.</summary>
    public void ReadLater(string text)
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

    // One id when all four values are equal.
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
