using System.Runtime.InteropServices;
using CsCheck;

namespace HeliosStarling.Framing;

/// <summary>RFC 6455 section 5.3: masking.</summary>
public class MaskingTests
{
    [Fact]
    public void Apply_AnyLengthAtAnyAddress_IsTheStandardsFormula() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[4], Gen.Int[0, 40]).Sample((payload, mask, skip) =>
        {
            skip = Math.Min(skip, payload.Length);
            var expected = payload[skip..].Select((b, i) => (byte)(b ^ mask[i % 4]));

            Masking.Apply(payload.AsSpan(skip), MemoryMarshal.Read<uint>(mask));

            Assert.Equal(expected, payload[skip..]);
        });

    [Fact]
    public void Apply_OneByteOrNoneIsNotAscii_SaysWhich() =>
        Gen.Select(Gen.Byte[0, 127].Array[1, 300], Gen.UInt, Gen.Bool, Gen.Int[0, 299], Gen.Byte[128, 255]).Sample(
            (payload, mask, isAll, at, other) =>
            {
                if (!isAll) payload[at % payload.Length] = other;
                Masking.Apply(payload, mask);

                Masking.Apply(payload, mask, out var isAscii);

                Assert.Equal(isAll, isAscii);
            });

    [Fact]
    public void Apply_InPieces_IsTheSameAsAtOnce() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.UInt, Gen.Int[0, 200]).Sample((payload, mask, cut) =>
        {
            cut = Math.Min(cut, payload.Length);
            byte[] whole = [.. payload];
            Masking.Apply(whole, mask);

            var next = Masking.Apply(payload.AsSpan(0, cut), mask);
            Masking.Apply(payload.AsSpan(cut), next);

            Assert.Equal(whole, payload);
        });

    [Fact]
    public void Apply_BesideOtherBytes_LeavesThemAlone()
    {
        var bytes = new byte[128];

        Masking.Apply(bytes.AsSpan(3, 100), 0xFFFFFFFF);

        Assert.All(bytes[..3].Concat(bytes[103..]), b => Assert.Equal(0, b));
    }
}
