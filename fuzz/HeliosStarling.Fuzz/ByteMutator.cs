namespace HeliosStarling.Fuzz;

/// <summary>Changes inputs at random: bits, bytes, numbers at a limit, pieces removed, repeated or taken from another input.</summary>
internal sealed class ByteMutator(Random random) : IMutator
{
    private const int LongestInput = 16 * 1024;

    // Lengths, signs and code units at a limit, and bytes with a meaning in frames and JSON.
    private static readonly byte[] s_interesting =
    [
        0, 1, 2, 8, 9, 10, 16, 32, 34, 58, 64, 91, 92, 93, 123, 125, 126, 127, 128, 129, 130, 136, 137, 138, 191, 192, 237, 244, 253, 254,
        255,
    ];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var rounds = 1 << random.Next(0, 5); rounds > 0; rounds--) MutateOnce(bytes, other);
        if (bytes.Count > LongestInput) bytes.RemoveRange(LongestInput, bytes.Count - LongestInput);
        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes, byte[] other)
    {
        if (bytes.Count == 0) bytes.Add(0);
        var at = random.Next(bytes.Count);
        switch (random.Next(9))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes[at] = s_interesting[random.Next(s_interesting.Length)]; break;
            case 3: bytes[at] += (byte)random.Next(-16, 17); break;
            case 4: bytes.RemoveRange(at, PieceLength(bytes.Count - at)); break;
            case 5: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, PieceLength(bytes.Count - at))); break;
            case 6: bytes.InsertRange(at, Enumerable.Repeat(s_interesting[random.Next(s_interesting.Length)], random.Next(1, 64))); break;
            case 7: Overwrite(bytes, at); break;
            default: Splice(bytes, at, other); break;
        }
    }

    private void Overwrite(List<byte> bytes, int at)
    {
        var from = random.Next(bytes.Count);
        for (var i = PieceLength(bytes.Count - Math.Max(at, from)); i > 0; i--) bytes[at++] = bytes[from++];
    }

    private void Splice(List<byte> bytes, int at, byte[] other)
    {
        if (other.Length == 0) return;
        var from = random.Next(other.Length);
        bytes.InsertRange(at, other[from..(from + PieceLength(other.Length - from))]);
    }

    // Mostly short, sometimes the whole rest.
    private int PieceLength(int most) => random.Next(1, random.Next(4) == 0 ? most + 1 : Math.Min(most, 16) + 1);
}
