using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeliosStarling.Protocol;

/// <summary>One case of tests/vectors, see the README there.</summary>
public sealed class Vector
{
    // Some expected values are nearly as deep as a message may be.
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1024 };
    private static readonly string s_root = Path.Combine(AppContext.BaseDirectory, "vectors");

    private Vector(string file, JsonNode source)
    {
        Label = $"{file}: {source["name"]}";
        Source = source;
    }

    public string Label { get; }

    public JsonNode Source { get; }

    public byte[] Frame => Source["frame"] is { } text
        ? Frames.Utf8(text.GetValue<string>())
        : Convert.FromBase64String(Source["frameBase64"]!.GetValue<string>());

    public JsonNode Expected => Source["expect"]!;

    /// <summary>The vectors of one folder.</summary>
    public static IEnumerable<Vector> Load(string folder = "") => Directory
        .EnumerateFiles(Path.Combine(s_root, folder), "*.json").Order(StringComparer.Ordinal)
        .SelectMany(path => JsonNode.Parse(File.ReadAllBytes(path), documentOptions: s_deep)!.AsArray()
            .Select(source => new Vector(Path.GetFileNameWithoutExtension(path), source!)));

    public static JsonNode? Parse(ReadOnlySpan<byte> json) => JsonNode.Parse(json, documentOptions: s_deep);

    public override string ToString() => Label;
}
