using System.Text;
using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>Texts of valid and invalid UTF-8: whole, cut between and inside code points, as fragments and as writes.</summary>
internal static class Utf8Exchanges
{
    // Both ends of each length of a code point, both sides of the surrogates, and noncharacters, which are valid.
    private static readonly int[] s_codePoints =
    [
        0x0001, 0x007F, 0x0080, 0x07FF, 0x0800, 0x0FFF, 0x1000, 0xD7FF, 0xE000, 0xFDD0, 0xFDEF, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000,
        0x3FFFF, 0x40000, 0xFFFFF, 0x100000,
        .. Enumerable.Range(1, 16).SelectMany(plane => new[] { (plane << 16) | 0xFFFE, (plane << 16) | 0xFFFF }),
    ];

    // Invalid UTF-8 up to its first invalid byte: stray continuations, overlong forms, surrogates, above U+10FFFF, bytes that
    // never occur.
    private static readonly string[] s_impossible =
    [
        "80", "BF", "C0", "C1", "F5", "F8", "FC", "FE", "FF", "C328", "C3C3", "E080", "E09F", "E228", "E28228", "E282C0", "EDA0", "EDAF",
        "EDB0", "EDBF",
        "F080", "F08F", "F02890", "F09028", "F0909028", "F0909080FF", "F490", "F4BF", "CEBAE1BDB9CF83CEBCCEB5EDA0",
        "CEBAE1BDB9CF83CEBCCEB5F490",
    ];

    // Texts that end inside a code point.
    private static readonly string[] s_unfinished =
        ["C3", "DF", "E0A0", "E282", "EFBF", "F0", "F090", "F09080", "F48FBF", "CEBAE1BDB9CF83CEBCCE"];

    public static IEnumerable<Exchange> Valid =>
    [
        .. s_codePoints.Select(rune => Good($"U+{rune:X4}", $"<{new Rune(rune)}>", 0)),
        .. from size in Enumerable.Range(1, 7) select Good($"mixed text in fragments of {size}", "κόσμε €😀\U0010FFFFz", size),
        Good("mixed text byte by byte", "κόσμε €😀\U0010FFFFz", 0) with { Chop = 1 },
        Good("nothing", "", 0),
    ];

    public static IEnumerable<Exchange> Invalid =>
    [
        .. s_impossible.Select(
            hex => Fault($"{hex} in a frame that is not complete", new ClientFrame(1, Bytes(hex)) { ClaimedLength = 100 })),
        .. s_impossible.Select(hex => Fault($"{hex} in a fragment that is not the last", new ClientFrame(1, Bytes(hex)) { Fin = false })),
        .. s_impossible.Select(hex => Fault($"{hex} behind text", new ClientFrame(1, [.. "fine"u8, .. Bytes(hex), .. "lost"u8]))),
        .. s_impossible.Select(hex => Fault($"{hex} in fragments of one byte", [.. ClientFrame.Fragments(1, Bytes(hex), 1)])),
        .. s_unfinished.Select(hex => Fault($"{hex} at the end", new ClientFrame(1, Bytes(hex)))),
        .. s_unfinished.Select(
            hex => Fault($"{hex} at the end of fragments", [new ClientFrame(1, Bytes(hex)) { Fin = false }, ClientFrame.Continuation()])),
    ];

    private static Exchange Good(string name, string text, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Exchange.Good(name, size == 0 ? [ClientFrame.Text(text)] : ClientFrame.Fragments(1, bytes, size), Exchange.Line(text));
    }

    private static Exchange Fault(string name, params ClientFrame[] frames) => Exchange.Fault(name, 1007, frames);

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
