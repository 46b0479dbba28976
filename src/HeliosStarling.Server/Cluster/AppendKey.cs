namespace HeliosStarling;

/// <summary>Identifies an append, so that a log recognizes a repetition: a random id, or a source with a number.</summary>
internal sealed record AppendKey
{
    private AppendKey(string name, long? number) => (Name, Number) = (name, number);

    /// <summary>The id or the source.</summary>
    public string Name { get; }

    /// <summary>The number of the source's message; null for an id.</summary>
    public long? Number { get; }

    /// <summary>Creates a key with a random id. The log remembers it for two minutes.</summary>
    public static AppendKey Id(string id) => new(id, null);

    /// <summary>
    /// Creates a key for a source that numbers its messages upwards and appends one at a time. The log remembers the last number of the
    /// source.
    /// </summary>
    public static AppendKey Source(string source, long number) => new(source, number);
}
