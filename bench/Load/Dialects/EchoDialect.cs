namespace HeliosStarling.Load;

/// <summary>A peer that sends each text back unchanged. The text is as long as a Helios request.</summary>
internal sealed class EchoDialect(string path) : Dialect
{
    public override string Path => path;

    public override byte[] Echo(int slot) => new HeliosDialect().Echo(slot);

    public override (int Answers, int Deliveries) Classify(ReadOnlySpan<byte> text) => (1, 0);
}
