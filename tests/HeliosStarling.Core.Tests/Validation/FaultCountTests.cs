using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using CsCheck;

namespace HeliosStarling.Validation;

public class FaultCountTests
{
    private static readonly Gen<Part> s_parts = Gen.Recursive<Part>((depth, part) =>
        Gen.Select(
            Gen.Int[-2, 2],
            Gen.Int[0, 3].Select(length => new string('x', length)),
            depth > 4 ? Gen.Const(Array.Empty<Part>()) : part.Array[0, 3],
            Gen.Bool)
            .Select((count, name, parts, areNamed) => areNamed
                ? new Part(count, name, null, parts.Select((item, i) => (item, i)).ToDictionary(pair => $"k{pair.i}", pair => pair.item))
                : new Part(count, name, [.. parts], null)));

    [Fact]
    public void TryRead_FaultsPlantedAnywhere_AreNamedOneByOne()
    {
        var engine = Engines.Create();
        var (reader, type) = (engine.ReaderOf<Part>(), engine.TypeInfo<Part>());
        s_parts.Sample(part =>
        {
            string[] planted = [.. Planted(part, "$")];
            var isRead = reader.TryRead(JsonSerializer.SerializeToUtf8Bytes(part, type), services: null, out _, out var errors);
            Assert.Equal(planted.Length == 0, isRead);
            Assert.Equal(planted.Take(200).Order(), (errors ?? []).Take(200).Select(error => error.Path).Order());
        }, iter: 2000);
    }

    [Fact]
    public void TryRead_FaultsBehindHugeKeys_CostLittle()
    {
        var engine = Engines.Create();
        var (reader, type) = (engine.ReaderOf<Part>(), engine.TypeInfo<Part>());
        var parts = Enumerable.Repeat(new Part(-1, "", null, null), 200).ToList();
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new Part(0, "", null, new() { [new string('k', 1_000_000)] = new(0, "", parts, null) }), type);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(reader.TryRead(json, services: null, out _, out var errors));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
        Assert.All(errors!, error => Assert.InRange(error.Path.Length, 1, 1024));
    }

    [Fact]
    public void TryRead_JsonThatIsWrongBehindAHugeKey_TellsTheStartOfThePath()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { [new string('k', 10_000)] = "x" });

        Assert.False(PayloadJson.TryRead(json, Engines.Create().TypeInfo<Dictionary<string, int>>(), out _, out var fault));

        Assert.Equal(1024, fault.Path.Length);
    }

    private static IEnumerable<string> Planted(Part part, string path)
    {
        if (part.Count < 0) yield return $"{path}.count";
        if (part.Name.Length > 2) yield return $"{path}.name";
        for (var i = 0; i < part.Parts?.Count; i++)
        {
            foreach (var fault in Planted(part.Parts[i], $"{path}.parts[{i}]")) yield return fault;
        }
        foreach (var (key, named) in part.Named ?? [])
        {
            foreach (var fault in Planted(named, $"{path}.named.{key}")) yield return fault;
        }
    }

    private sealed record Part([Range(0, 9)] int Count, [StringLength(2)] string Name, List<Part>? Parts, Dictionary<string, Part>? Named);
}
