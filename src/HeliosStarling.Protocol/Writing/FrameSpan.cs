using System.Buffers.Text;

namespace HeliosStarling.Protocol;

/// <summary>Fills one span of a writer from front to back.</summary>
internal ref struct FrameSpan(Span<byte> span)
{
    // long.MinValue
    public const int MaxNumberLength = 20;

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

    /// <summary>Writes a string's content with escapes; <see cref="JsonString.GetLength"/> says how much room it needs.</summary>
    public void WriteEscaped(ReadOnlySpan<char> text) => Written += JsonString.Escape(text, _span[Written..]);
}
