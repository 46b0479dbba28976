using System.Buffers;
using System.Text;

namespace HeliosStarling;

/// <summary>
/// The names under which something is kept with a starling: of groups, and of its data. Handlers may take them from clients.
/// </summary>
internal static class KeptNames
{
    /// <summary>How many bytes of UTF-8 a name has at most.</summary>
    public const int MaxBytes = 256;

    // What a dictionary takes for an entry and its share of the free ones, besides the text.
    private const int Overhead = 128;

    /// <summary>About how many bytes of memory a name takes that is kept once.</summary>
    public static long SizeOf(string name) => Overhead + (name.Length * sizeof(char));

    /// <exception cref="ArgumentNullException">There is no name.</exception>
    /// <exception cref="HeliosException">The name is empty, too long, has control characters or is no Unicode text:
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
