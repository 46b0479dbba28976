namespace HeliosStarling.Fuzz;

/// <summary>Takes one choice after the other from bytes; zeros when there are no more.</summary>
internal sealed class Cursor(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    public ReadOnlySpan<byte> Rest => bytes.Span[Math.Min(_at, bytes.Length)..];

    public byte Next() => _at < bytes.Length ? bytes.Span[_at++] : (byte)0;

    public int Next(int choices) => Next() % choices;

    public bool Flag(int oneIn) => Next(oneIn) == oneIn - 1;

    public T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];
}
