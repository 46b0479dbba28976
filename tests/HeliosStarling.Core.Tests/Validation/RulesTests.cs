using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeliosStarling.Validation;

public class RulesTests
{
    private readonly Engine _engine = Engines.Create();

    [Theory]
    [InlineData(typeof(int))]
    [InlineData(typeof(object))]
    [InlineData(typeof(JsonElement))]
    [InlineData(typeof(Dictionary<string, string[]>))]
    [InlineData(typeof(PlainTree))]
    public void RulesOf_TypeWithoutRules_AreNone(Type type) => Assert.Null(_engine.RulesOf(_engine.TypeInfo(type)));

    [Theory]
    [InlineData(typeof(Leaf))]
    [InlineData(typeof(Point?))]
    [InlineData(typeof(List<Dictionary<string, Leaf[]>>))]
    [InlineData(typeof(Tree))]
    [InlineData(typeof(Shape))]
    public void RulesOf_RulesSomewhere_AreFound(Type type) => Assert.NotNull(_engine.RulesOf(_engine.TypeInfo(type)));

    [Fact]
    public void TryRead_TypeWithoutRules_AllocatesNoMoreThanTheSerializer()
    {
        var (reader, type) = (_engine.ReaderOf<PlainTree>(), _engine.TypeInfo<PlainTree>());
        ReadOnlyMemory<byte> json = """{"n":1,"children":[{"n":2}]}"""u8.ToArray();

        var plain = Allocated(() => JsonSerializer.Deserialize(json.Span, type));

        Assert.Equal(plain, Allocated(() => reader.TryRead(json, null, out _, out _)));
    }

    [Fact]
    public void TryRead_NestedType_FaultsAtEveryDepthAreNamed() =>
        Assert.Equal(
            ["$.n", "$.children[0].n", "$.children[1].children[0].n"],
            Paths<Tree>("""{"n":0,"children":[{"n":10},{"n":1,"children":[{"n":0}]}]}"""));

    [Fact]
    public void TryRead_NamedDerivedType_ItsOwnRulesCount() =>
        Assert.Equal(
            ["$[0].radius", "$[1].n"],
            Paths<Shape[]>("""[{"kind":"circle","radius":0},{"kind":"circle","n":0,"radius":1},{"radius":0}]"""));

    [Fact]
    public void TryRead_OverriddenProperty_InheritsItsRules() => Assert.Equal(["$.n"], Paths<LeafWithOverride>("""{"n":0}"""));

    [Fact]
    public void TryRead_Struct_RulesCount() => Assert.Equal(["$.n"], Paths<Point?>("""{"n":0}"""));

    [Fact]
    public void TryRead_ComputedProperty_RulesCount() => Assert.Equal(["$.twice"], Paths<Computed>("""{"half":20}"""));

    [Fact]
    public void TryRead_RuleOfTheType_PathIsThatOfTheValue() =>
        Assert.Equal(["$.a"], Paths<Dictionary<string, Even>>("""{"a":{"n":1},"b":{"n":2}}"""));

    [Fact]
    public void TryRead_OtherDictionaries_ValuesAreValidated()
    {
        Assert.Equal(["$.a.n"], Paths<IReadOnlyDictionary<string, Leaf>>("""{"a":{"n":0}}"""));
        Assert.Equal(["$.a.n"], Paths<ConcurrentDictionary<string, Leaf>>("""{"a":{"n":0}}"""));
        Assert.Equal(["$.7.n"], Paths<SortedDictionary<int, Leaf>>("""{"7":{"n":0}}"""));
        Assert.Equal(["$.Monday.n"], Paths<Dictionary<DayOfWeek, Leaf>>("""{"Monday":{"n":0}}"""));
    }

    [Fact]
    public void TryRead_ReferencesInACircle_EachObjectIsSeenOnce()
    {
        var options = HeliosJson.CreateOptions();
        options.ReferenceHandler = ReferenceHandler.Preserve;
        options.MakeReadOnly(populateMissingResolver: true);
        var rules = RulesBuilder.Build(options.GetTypeInfo(typeof(Ring)))!;
        var ring = JsonSerializer.Deserialize<Ring>("""{"$id":"1","n":0,"next":{"n":0,"next":{"$ref":"1"}}}""", options)!;

        Assert.Equal(["$.n", "$.next.n"], rules.Check(ring, services: null)!.Select(error => error.Path));
    }

    [Fact]
    public void Check_GetterThatMakesValuesForEver_Throws()
    {
        var rules = _engine.RulesOf(_engine.TypeInfo<Endless>())!;
        Assert.Contains(
            "64 levels",
            Assert.Throws<InvalidOperationException>(() => rules.Check(new Endless(), services: null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void RulesOf_ListThatCannotBeWalked_SaysWhatToDo() =>
        Assert.Contains(
            "such as List",
            Assert.Throws<InvalidOperationException>(() => _engine.ReaderOf<Memory<Leaf>>()).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("plain")]
    [InlineData("it's")]
    [InlineData("two words")]
    [InlineData("a.b[c]")]
    [InlineData("back\\slash")]
    [InlineData("line\nfeed")]
    [InlineData("\u2028")]
    [InlineData("é🙂")]
    [InlineData("")]
    public void Path_AnyKey_IsWrittenAsTheSerializerDoes(string key)
    {
        var unreadable = JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string>> { [key] = new() { ["n"] = "x" } });
        var invalid = JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, int>> { [key] = new() { ["n"] = 0 } });

        Assert.Equal(Paths<Dictionary<string, Leaf>>(unreadable), Paths<Dictionary<string, Leaf>>(invalid));
    }

    private IEnumerable<string> Paths<T>(string json) =>
        _engine.ReaderOf<T>().TryRead(System.Text.Encoding.UTF8.GetBytes(json), services: null, out _, out var errors)
            ? []
            : errors.Select(error => error.Path);

    /// <summary>The bytes that one call allocates. One-time allocations are averaged out.</summary>
    private static long Allocated(Action action)
    {
        const int rounds = 10_000;
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < rounds; i++) action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
    }

    private sealed record PlainTree(int N, List<PlainTree>? Children = null);

    private sealed record Tree([Range(1, 9)] int N, List<Tree>? Children = null);

    private class Leaf
    {
        [Range(1, 9)]
        public virtual int N { get; set; } = 1;
    }

    private sealed class LeafWithOverride : Leaf
    {
        public override int N { get; set; }
    }

    private record struct Point([Range(1, 9)] int N);

    private sealed record Computed(int Half)
    {
        [Range(0, 30)]
        public int Twice => Half * 2;
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind"), JsonDerivedType(typeof(Circle), "circle")]
    private class Shape
    {
        [Range(1, 9)]
        public int N { get; set; } = 1;
    }

    private sealed class Circle : Shape
    {
        [Range(1, 9)]
        public int Radius { get; set; }
    }

    [Even]
    private sealed record Even(int N);

    private sealed class EvenAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is Even { N: var n } && n % 2 == 0;
    }

    private sealed class Ring
    {
        [Range(1, 9)]
        public int N { get; set; }

        public Ring? Next { get; set; }
    }

    private sealed class Endless
    {
        [Range(1, 9)]
        public int N { get; set; } = 1;

        public Endless Next
        {
            get => field ??= new();
            set;
        }
    }
}
