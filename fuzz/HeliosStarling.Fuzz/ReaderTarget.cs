using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling.Fuzz;

/// <summary>The message reader. The protocol vectors are the first inputs.</summary>
internal sealed class ReaderTarget : IFuzzTarget
{
    public string Name => "reader";

    public IEnumerable<byte[]> Seeds => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "vectors"), "*.json", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .SelectMany(ReadFrames);

    public IMutator NewMutator(Random random) => new JsonMutator(random);

    public void Run(ReadOnlySpan<byte> input) => ReaderInvariants.Check(input);

    private static List<byte[]> ReadFrames(string path)
    {
        // Expected values may be nearly as deep as a message.
        using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 1024 });
        return [.. document.RootElement.EnumerateArray().Select(ReadFrame)];
    }

    private static byte[] ReadFrame(JsonElement vector) =>
        vector.TryGetProperty("frameBase64", out var bytes)
            ? bytes.GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(vector.GetProperty(vector.TryGetProperty("frame", out _) ? "frame" : "start").GetString()!);
}
