using System.Buffers;
using System.Text;

namespace HeliosStarling;

/// <summary>
/// Names that are kept with a starling: of its groups and of its data. Handlers may take these names from clients.
/// </summary>
internal static class KeptNames
{
    /// <summary>The maximum length of a name in bytes of UTF-8.</summary>
    public const int MaxBytes = 256;

    // The memory of a dictionary entry, with its share of the dictionary's free entries, without the text.
    private const int Overhead = 128;

    /// <summary>The approximate memory of a kept name, in bytes.</summary>
    public static long SizeOf(string name) => Overhead + (name.Length * sizeof(char));

    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="HeliosException">The name is empty or too long, contains control characters, or is not valid Unicode:
    /// VALIDATION_ERROR.</exception>
    public static void ThrowIfMalformed(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (name.Length == 0) throw MalformedText.Fault("The name is empty. Give it 1 to 256 bytes as UTF-8.");
        if (name.Length > MaxBytes || Encoding.UTF8.GetByteCount(name) > MaxBytes)
            throw MalformedText.Fault($"The name is too long: it must have at most {MaxBytes} bytes as UTF-8.");
        for (var rest = name.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done)
                throw MalformedText.Fault("The name is no Unicode text: it has half of a surrogate pair.");
            if (Rune.IsControl(rune)) throw MalformedText.Fault("The name has a control character. Leave it out.");
            rest = rest[length..];
        }
    }
}
