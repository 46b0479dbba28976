using CsCheck;

namespace HeliosStarling.Framing;

/// <summary>The same bytes read by this reader and by the framework's WebSocket.</summary>
/// <remarks>
/// Not compared where the framework differs: lengths in more bytes than needed (it accepts them), close codes 1012 to 1014
/// (it refuses them), a close reason that isn't UTF-8 (it answers 1002, RFC 6455 section 8.1 asks for 1007),
/// an empty last fragment after half a code point (it accepts the message).
/// </remarks>
public class DifferentialTests
{
    [Fact]
    public void Reader_RandomFramesCutAnywhere_AgreesWithTheFramework() =>
        Gen.Select(FrameGen.Bytes, Gen.OneOf(Gen.Int[0, 3000], Gen.Int[0, 80_000]).Array[0, 10]).Sample((bytes, cuts) =>
        {
            var ours = Transcript.OfBytes(bytes, cuts: cuts.Where(cut => cut < bytes.Length));
            var theirs = FrameworkTranscript.OfBytes(bytes, out var isCutOff);
            // In an incomplete frame this reader finds faults that the framework finds only in the complete frame.
            if (isCutOff && ours is [.., "Invalid 1002" or "Invalid 1007"]) ours.RemoveAt(ours.Count - 1);
            Assert.Equal(theirs, ours.Where(IsSeenByTheFramework).Select(InItsWords));
        }, iter: 10_000);

    // It answers pings and drops pongs itself.
    private static bool IsSeenByTheFramework(string line) =>
        !line.StartsWith("Ping", StringComparison.Ordinal) && !line.StartsWith("Pong", StringComparison.Ordinal);

    // An empty close frame is a normal closure to it.
    private static string InItsWords(string line) => line == "Close 0" ? "Close 1000" : line;
}
