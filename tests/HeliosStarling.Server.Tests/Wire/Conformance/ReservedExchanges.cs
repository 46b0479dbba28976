using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>Reserved bits and opcodes: alone, after a valid message, and before frames that are then ignored.</summary>
internal static class ReservedExchanges
{
    private static readonly byte[] s_opcodes = [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF];
    private static readonly byte[][] s_payloads = [[], "reserved"u8.ToArray()];

    public static IEnumerable<Exchange> All => [.. Bits, .. Opcodes];

    private static IEnumerable<Exchange> Bits =>
        from bits in Enumerable.Range(1, 7)
        from opcode in new byte[] { 1, 2, 9, 10 }
        from chop in new[] { 0, 1 }
        let wrong = new ClientFrame(opcode, "bits"u8.ToArray()) { ReservedBits = (byte)bits }
        select Exchange.Fault($"opcode {opcode} with reserved bits {bits}", 1002, [wrong, ClientFrame.Ping(1)]) with { Chop = chop };

    private static IEnumerable<Exchange> Opcodes =>
        from opcode in s_opcodes
        from payload in s_payloads
        from chop in new[] { 0, 1 }
        select Exchange.Fault(
            $"opcode {opcode} with {payload.Length} bytes",
            1002,
            [new ClientFrame(opcode, payload), ClientFrame.Text("too late")]) with
        { Chop = chop };
}
