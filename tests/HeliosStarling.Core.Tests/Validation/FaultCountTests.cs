using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using CsCheck;

namespace HeliosStarling.Validation;

public class FaultCountTests
{
    private static readonly Gen<Part> Parts = Gen.Recursive<Part>((depth, part) =>
        Gen.Select(Gen.Int[-2, 2], Gen.Int[0, 3].Select(length => new string('x', length)), depth > 4 ? Gen.Const(Array.Empty<Part>()) : part.Array[0, 3], Gen.Bool)
            .Select((count, name, parts, areNamed) => areNamed
                ? new Part(count, name, null, parts.Select((item, i) => (item, i)).ToDictionary(pair => $"k{pair.i}", pair => pair.item))
                : new Part(count, name, [.. parts], null)));

    [Fact]
    public void TryRead_FaultsPlantedAnywhere_AreNamedOneByOne()
    {
        var engine = Engines.Create();
        var (reader, type) = (engine.ReaderOf<Part>(), engine.TypeInfo<Part>());
        Parts.Sample(part =>
        {
            string[] planted = [.. Planted(part, "$")];
            var isRead = reader.TryRead(JsonSerializer.SerializeToUtf8Bytes(part, type), services: null, out _, out var errors);
            Assert.Equal(planted.Length == 0, isRead);
            Assert.Equal(planted.Take(200).Order(), (errors ?? []).Take(200).Select(error => error.Path).Order());
        }, iter: 2000);
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
