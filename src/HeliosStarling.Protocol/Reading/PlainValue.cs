using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>Measures a plain value faster than a JSON reader can.</summary>
/// <remarks>
/// A value is plain when it has no white space, no escapes in strings and no exponents in numbers. The JSON reader reads all other values.
/// So only the JSON reader decides whether unusual JSON is valid.
/// </remarks>
internal ref struct PlainValue(ReadOnlySpan<byte> json)
{
    // Each level needs one bit. The JSON reader reads and validates deeper values.
    private const int MaxLevels = ProtocolLimits.MaxDepth - 2;

    // A number with more digits may overflow. The rule of its field must check that.
    private const int MaxDigits = 18;

    private static readonly SearchValues<byte> s_stringEnds = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;

    // The lowest bit is the innermost level: 1 for an object, 0 for an array.
    private ulong _objects;
    private int _level;
    private int _depth;

    /// <summary>Returns the length in bytes of the value at the start; 0 when it is not plain.</summary>
    /// <param name="json">The value and the bytes after it.</param>
    /// <param name="kind">The type of its first token.</param>
    /// <param name="depth">The nesting depth of objects and arrays in it.</param>
    public static int Measure(ReadOnlySpan<byte> json, out JsonTokenType kind, out int depth)
    {
        depth = 0;
        if (json.IsEmpty || json[0] is not ((byte)'{' or (byte)'[')) return MeasureScalar(json, out kind);
        kind = json[0] == '{' ? JsonTokenType.StartObject : JsonTokenType.StartArray;
        var value = new PlainValue(json);
        if (!value.TryTake()) return 0;
        depth = value._depth;
        return value._at;
    }

    /// <summary>Returns the length in bytes of a string, including its quotes; 0 when there is no string or it has escapes.</summary>
    public static int MeasureString(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != '"') return 0;
        // Most strings end within the first vector. For them, the set-up of IndexOfAny costs more than it saves.
        if (Vector256.IsHardwareAccelerated && json.Length > Vector256<byte>.Count)
        {
            var start = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), 1);
            var ends = Vector256.Equals(start, Vector256.Create((byte)'"'))
                | Vector256.Equals(start, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(start, Vector256.Create((byte)0x20));
            var bits = ends.ExtractMostSignificantBits();
            if (bits != 0) return LengthUntil(json, BitOperations.TrailingZeroCount(bits));
        }

        return LengthUntil(json, json[1..].IndexOfAny(s_stringEnds));
    }

    private static int LengthUntil(ReadOnlySpan<byte> json, int end) => end >= 0 && json[end + 1] == '"' ? end + 2 : 0;

    /// <summary>
    /// Returns the number of digits of a whole number, and its value; 0 when there is no number or it has too many digits.
    /// </summary>
    public static int MeasureDigits(ReadOnlySpan<byte> json, out long value)
    {
        // A local variable, because an out parameter would be written to memory for each digit.
        var sum = 0L;
        var length = 0;
        while (length <= MaxDigits && length < json.Length && char.IsAsciiDigit((char)json[length]))
            sum = (sum * 10) + (json[length++] - '0');
        value = sum;
        return length == 1 || (length is > 1 and <= MaxDigits && json[0] != '0') ? length : 0;
    }

    private static int MeasureScalar(ReadOnlySpan<byte> json, out JsonTokenType kind)
    {
        kind = JsonTokenType.String;
        if (json.IsEmpty) return 0;
        switch (json[0])
        {
            case (byte)'"':
                return MeasureString(json);
            case (byte)'t':
                kind = JsonTokenType.True;
                return json.StartsWith("true"u8) ? 4 : 0;
            case (byte)'f':
                kind = JsonTokenType.False;
                return json.StartsWith("false"u8) ? 5 : 0;
            case (byte)'n':
                kind = JsonTokenType.Null;
                return json.StartsWith("null"u8) ? 4 : 0;
            default:
                kind = JsonTokenType.Number;
                return MeasureNumber(json);
        }
    }

    private static int MeasureNumber(ReadOnlySpan<byte> json)
    {
        var sign = json[0] == '-' ? 1 : 0;
        var length = MeasureDigits(json[sign..], out _);
        if (length == 0) return 0;
        length += sign;
        if (length < json.Length && json[length] == '.')
        {
            var fraction = 0;
            while (length + 1 + fraction < json.Length && char.IsAsciiDigit((char)json[length + 1 + fraction])) fraction++;
            if (fraction == 0) return 0;
            length += 1 + fraction;
        }

        // A number that continues in any other way, such as with an exponent, is not plain.
        return length < json.Length && json[length] is (byte)',' or (byte)'}' or (byte)']' ? length : 0;
    }

    private readonly byte Next => _at < _json.Length ? _json[_at] : (byte)0;

    private readonly bool IsInObject => (_objects & 1) != 0;

    private bool TryTake()
    {
        while (true)
        {
            if (Next is (byte)'{' or (byte)'[')
            {
                if (!TryEnter()) return false;
                if (Next != Closer)
                {
                    if (IsInObject && !TryTakeName()) return false;
                    continue;
                }
            }
            else if (MeasureScalar(_json[_at..], out _) is > 0 and var length) _at += length;
            else return false;

            while (_level > 0 && Next == Closer) Leave();
            if (_level == 0) return true;
            if (Next != ',') return false;
            _at++;
            if (IsInObject && !TryTakeName()) return false;
        }
    }

    // The character that closes the innermost level.
    private readonly byte Closer => IsInObject ? (byte)'}' : (byte)']';

    private bool TryEnter()
    {
        if (_level == MaxLevels) return false;
        _objects = (_objects << 1) | (Next == '{' ? 1u : 0u);
        _depth = Math.Max(_depth, ++_level);
        _at++;
        return true;
    }

    private void Leave()
    {
        _objects >>= 1;
        _level--;
        _at++;
    }

    private bool TryTakeName()
    {
        var length = MeasureString(_json[_at..]);
        _at += length + 1;
        return length > 0 && _at < _json.Length && _json[_at - 1] == ':';
    }
}
