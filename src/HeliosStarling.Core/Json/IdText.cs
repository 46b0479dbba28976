using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>The text of a UUID exactly as its sender wrote it. Answers repeat it (docs/protocol.md section 2).</summary>
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
