using System.Buffers.Text;

namespace HeliosStarling.Protocol;

/// <summary>Writes to one span of a buffer writer from start to end.</summary>
internal ref struct FrameSpan(Span<byte> span)
{
    private readonly Span<byte> _span = span;

    public int Written { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_span[Written..]);
        Written += bytes.Length;
    }

    public void Write(long number)
    {
        Utf8Formatter.TryFormat(number, _span[Written..], out var length);
        Written += length;
    }

    public void Write(Guid id)
    {
        Utf8Formatter.TryFormat(id, _span[Written..], out var length);
        Written += length;
    }

    /// <summary>Writes the content of a string with escapes. <see cref="JsonString.GetLength"/> returns the room that it needs.</summary>
    public void WriteEscaped(ReadOnlySpan<char> text) => Written += JsonString.Escape(text, _span[Written..]);
}
