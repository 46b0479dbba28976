namespace HeliosStarling.Fuzz;

/// <summary>Reads choices from bytes, one after another. After the last byte every choice is 0.</summary>
internal sealed class Cursor(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    public ReadOnlySpan<byte> Rest => bytes.Span[Math.Min(_at, bytes.Length)..];

    public byte Next() => _at < bytes.Length ? bytes.Span[_at++] : (byte)0;

    public int Next(int choices) => Next() % choices;

    public bool Flag(int oneIn) => Next(oneIn) == oneIn - 1;

    public T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];
}
