using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>A UUID in its sender's own spelling, which answers repeat (docs/protocol.md section 2).</summary>
[InlineArray(Length)]
internal struct IdText
{
    public const int Length = 36;

    private byte _first;

    public static IdText From(ReadOnlySpan<byte> text)
    {
        var id = default(IdText);
        text.CopyTo(id);
        return id;
    }
}
