namespace HeliosStarling;

/// <summary>By what a log knows a repeated append: a random id, or a source and its number.</summary>
internal sealed record AppendKey
{
    private AppendKey(string name, long? number) => (Name, Number) = (name, number);

    /// <summary>The id, or the source.</summary>
    public string Name { get; }

    /// <summary>The number that the source gives; null for an id.</summary>
    public long? Number { get; }

    /// <summary>A random id, known for two minutes.</summary>
    public static AppendKey Id(string id) => new(id, null);

    /// <summary>
    /// A source that numbers its messages upwards and appends one at a time. Its last number is known as long as the log.
    /// </summary>
    public static AppendKey Source(string source, long number) => new(source, number);
}
