using System.Text.Json;
using CsCheck;

namespace HeliosStarling.Frames;

public class ValidationDetailsTests
{
    private static readonly Gen<string> s_texts = Gen.OneOf(
        Gen.Char['a', 'z'].Select(character => new string(character, 1500)),
        Gen.OneOf("\0", "\"", "ä", "\ud83d\ude80", "\u2028", "\u001f").Select(text => string.Concat(Enumerable.Repeat(text, 700))),
        Gen.String[0, 40].Select(text => text.Replace('\0', 'x')));

    [Fact]
    public void Details_AnyErrors_AreAtMostHalfAMessageAnd16KiB()
    {
        Gen.Select(Gen.Select(s_texts, s_texts).Array[1, 201], Gen.OneOf(1024, 2048, 20_000, 65_536, 1 << 20)).Sample(
            (texts, maxMessageSize) =>
            {
                var errors = new ValidationErrors();
                errors.Add(texts.Select(pair => new ValidationError(pair.Item1, pair.Item2)));

                var (length, told) = Write(errors.All, maxMessageSize);

                Assert.InRange(length, 1, Math.Min(16 * 1024, maxMessageSize / 2));
                Assert.InRange(told.Count, 1, errors.Count);
                Assert.StartsWith(told[0].Path, Readable(errors.All[0].Path), StringComparison.Ordinal);
                // The first error is shortened if necessary. Others are left out, and the last entry says so.
                if (told.Count < errors.Count || (errors.Count > 1 && told[^1].Path != Readable(errors.All[^1].Path)))
                    Assert.Equal("$", told[^1].Path);
            }, iter: 500);
    }

    [Fact]
    public void Details_OfFewErrors_AreComplete()
    {
        ValidationError[] errors = [new("$.a", "Wrong."), new("$.b['c d']", "Missing \ud83d\ude80.")];

        Assert.Equal(errors, Write(errors, 1024).Told);
    }

    private static (int Length, List<ValidationError> Told) Write(IReadOnlyList<ValidationError> errors, int maxMessageSize)
    {
        var frame = Engines.Create().Encoder.Failure([], "A", "b", new ValidationDetails(errors, maxMessageSize));
        var details = JsonElement.Parse(frame.Message.Span).GetProperty("error").GetProperty("details");
        var told = details.GetProperty("errors")
            .EnumerateArray()
            .Select(error => new ValidationError(error.GetProperty("path").GetString()!, error.GetProperty("message").GetString()!));
        return (System.Text.Encoding.UTF8.GetByteCount(details.GetRawText()), told.ToList());
    }

    // Half of a surrogate pair becomes U+FFFD.
    private static string Readable(string text) => JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(text))!;
}
