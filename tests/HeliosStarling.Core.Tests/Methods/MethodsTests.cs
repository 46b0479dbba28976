using System.Text;
using CsCheck;

namespace HeliosStarling;

public class MethodsTests
{
    private readonly Methods _methods = new();

    [Theory]
    [InlineData("single")]
    [InlineData("a::b")]
    [InlineData("a:1b")]
    [InlineData("a:b-c")]
    [InlineData("ä:b")]
    public void Add_MalformedName_SaysWhatIsAllowed(string name)
    {
        var failure = Assert.Throws<ArgumentException>(() => Add(name));

        Assert.StartsWith(
            $"Method name '{name}' is malformed. Use two or more segments of letters, digits and '_' joined by ':'",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("system")]
    [InlineData("internal")]
    [InlineData("stream")]
    [InlineData("helios")]
    public void Add_ReservedNamespace_SaysWhich(string space)
    {
        var failure = Assert.Throws<ArgumentException>(() => Add($"{space}:x"));

        Assert.StartsWith(
            $"Method '{space}:x' cannot be registered: namespace '{space}' is reserved. Choose another namespace.",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Add_Twice_SaysWhatToDo()
    {
        Add("a:b");

        var failure = Assert.Throws<ArgumentException>(() => Add("a:b"));

        Assert.StartsWith(
            "Method 'a:b' is registered already. Unregister it first, or choose another name.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Add_TimeoutNotPositive_Throws(int seconds)
    {
        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => Add("a:b", new() { Timeout = TimeSpan.FromSeconds(seconds) }));

        Assert.Matches("^Timeout of method 'a:b' is \\S+; it must be longer than 0, or Timeout.InfiniteTimeSpan.$", failure.Message);
    }

    [Fact]
    public void Unregister_Registered_NameIsFreeAgain()
    {
        Add("a:b");

        Assert.True(_methods.Unregister("a:b"));

        Assert.False(_methods.Contains("a:b"));
        Add("a:b");
    }

    [Fact]
    public void Unregister_Unknown_IsFalse() => Assert.False(_methods.Unregister("a:b"));

    [Fact]
    public void Unregister_BuiltIn_Throws() => Assert.Throws<ArgumentException>(() => _methods.Unregister("system:ping"));

    [Fact]
    public void Unregister_OfAnOldRegistration_LeavesTheNewOne()
    {
        var old = Add("a:b");
        old.Unregister();
        Add("a:b");

        Assert.False(old.Unregister());

        Assert.True(_methods.Contains("a:b"));
    }

    [Fact]
    public void Names_Registered_AreInOrder()
    {
        Add("b:b");
        Add("a:a");

        Assert.Equal(["a:a", "b:b"], _methods.Names);
    }

    [Fact]
    public void TryGet_NameAsUtf8_FindsWhatItsStringFinds() =>
        Gen.Char.AlphaNumeric.Array[1, 60].Select(chars => "a" + new string(chars) + ":b").Array[1, 20].Sample(names =>
        {
            var methods = new Methods();
            foreach (var name in names.Distinct()) methods.AddBuiltIn(new MethodEntry(name, _ => default, new MethodOptions()));
            foreach (var name in names)
            {
                Assert.True(methods.TryGet(Encoding.UTF8.GetBytes(name), out var entry));
                Assert.Equal(name, entry.Name);
                Assert.False(methods.TryGet(Encoding.UTF8.GetBytes(name + "x"), out _));
            }
        });

    private MethodRegistration<TestContext> Add(string name, MethodOptions? options = null)
    {
        var result = new ValueTask();
        var entry = new MethodEntry(name, _ => result, options ?? new MethodOptions());
        _methods.Add(entry);
        return new MethodRegistration<TestContext>(_methods, entry);
    }
}
