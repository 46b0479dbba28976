using System.Buffers;
using System.Text;

namespace HeliosStarling.Fuzz;

/// <summary>Changes messages at random: bytes, tokens and structure are changed, moved, repeated and mixed.</summary>
internal sealed class JsonMutator(Random random) : IMutator
{
    private const int MaxLength = 64 * 1024;

    private static readonly SearchValues<byte> s_punctuation = SearchValues.Create("\"{}[],:"u8);

    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "\"", "\\", "\\\\", "{", "}", "[", "]", ",", ":", " ", "\n", "null", "true", "false", "0", "-0", "1.0", "1e999", "-1",
            "9223372036854775807", "9223372036854775808",
            "\\u0000", "\\ud800", "\\udc00", "\\u0070", "\ufeff", "€", "🙂", "\"\":", "{\"\":", "{}", "[]", "\"protocol\":",
            "\"helios-starling\"", "\"version\":\"2.0.0\",",
            "\"version\":\"1.0.0\",", "\"timestamp\":", "\"type\":\"request\",", "\"type\":\"error\",", "\"type\":\"ack\",",
            "\"type\":\"ping\",", "\"type\":\"response\",",
            "\"type\":\"notification\",", "\"requestId\":", "\"messageId\":", "\"method\":\"a:b\",", "\"payload\":", "\"metadata\":{},",
            "\"peer\":true,", "\"success\":false,",
            "\"success\":true,", "\"notification\":{\"topic\":\"a\"},", "\"error\":{\"code\":\"A\",\"message\":\"m\"},", "\"received\":",
            "\"0f8fad5b-d9cb-469f-a165-70867728950e\",",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0],
    ];

    private byte[] _other = [];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        _other = other;
        for (var changes = 1 + random.Next(4); changes > 0; changes--) input = Change(input);
        return input.Length <= MaxLength ? input : input[..MaxLength];
    }

    private byte[] Change(byte[] input) => random.Next(11) switch
    {
        0 => FlipBit(input),
        1 => SetByte(input),
        2 => Splice(input, [], input),
        3 => input[..random.Next(input.Length + 1)],
        4 => Insert(input, s_tokens[random.Next(s_tokens.Length)]),
        5 => Insert(input, Part(input)),
        6 => Splice(input, Part(_other), _other),
        7 => Replace(input, Part(_other)),
        8 => Replace(input, s_tokens[random.Next(s_tokens.Length)]),
        9 => Nest(input),
        _ => Swap(input),
    };

    private byte[] FlipBit(byte[] input)
    {
        if (input.Length == 0) return input;
        byte[] changed = [.. input];
        changed[random.Next(input.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private byte[] SetByte(byte[] input)
    {
        if (input.Length == 0) return input;
        byte[] changed = [.. input];
        changed[random.Next(input.Length)] = (byte)random.Next(256);
        return changed;
    }

    /// <summary>The start of one input, a middle piece, and the end of another input.</summary>
    private byte[] Splice(byte[] first, byte[] middle, byte[] last) => [.. first[..Boundary(first)], .. middle, .. last[Boundary(last)..]];

    private byte[] Insert(byte[] input, byte[] addition)
    {
        var at = Boundary(input);
        return [.. input[..at], .. addition, .. input[at..]];
    }

    private byte[] Replace(byte[] input, byte[] replacement)
    {
        var (start, end) = Range(input);
        return [.. input[..start], .. replacement, .. input[end..]];
    }

    private byte[] Nest(byte[] input)
    {
        var (start, end) = Range(input);
        var levels = random.Next(2) == 0 ? 1 : random.Next(200);
        var (open, close) = random.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        byte[] before = [.. Enumerable.Repeat(Encoding.ASCII.GetBytes(open), levels).SelectMany(part => part)];
        byte[] after = [.. Enumerable.Repeat(Encoding.ASCII.GetBytes(close), levels).SelectMany(part => part)];
        return [.. input[..start], .. before, .. input[start..end], .. after, .. input[end..]];
    }

    private byte[] Swap(byte[] input)
    {
        var (start, end) = Range(input);
        var middle = start + random.Next(end - start + 1);
        return [.. input[..start], .. input[middle..end], .. input[start..middle], .. input[end..]];
    }

    private byte[] Part(byte[] input)
    {
        var (start, end) = Range(input);
        return input[start..end];
    }

    private (int Start, int End) Range(byte[] input)
    {
        var (a, b) = (Boundary(input), Boundary(input));
        return (Math.Min(a, b), Math.Max(a, b));
    }

    /// <summary>A position in the input, mostly at the border of a JSON token, so that the structure survives.</summary>
    private int Boundary(byte[] input)
    {
        var at = random.Next(input.Length + 1);
        if (random.Next(4) == 0) return at;
        var next = input.AsSpan(at).IndexOfAny(s_punctuation);
        return next < 0 ? at : at + next + random.Next(2);
    }
}
