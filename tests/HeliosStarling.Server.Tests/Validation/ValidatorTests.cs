using System.Text.Json;

namespace HeliosStarling.Validation;

/// <summary>The validators of one method: of the raw payload, and of the payload as it was read.</summary>
public sealed class ValidatorTests : ValidationTest
{
    private readonly List<string> _calls = [];

    [Fact]
    public async Task Validator_FindsErrors_HandlerDoesNotRun()
    {
        Server.Method(Method, (JsonElement _, RequestContext _) => _calls.Add("handler"), new()
        {
            Validator = payload => payload.TryGetProperty("room", out _) ? [] : [new("$.room", "Say which room."), new("$", "Say more.")],
        });

        await ExpectErrorsAsync("{}", ("$.room", "Say which room."), ("$", "Say more."));
        Assert.Empty(_calls);
        await ExpectSuccessAsync("""{"room":1}""");
        Assert.Equal(["handler"], _calls);
    }

    [Fact]
    public async Task Validator_HandlerTakesNoPayload_IsAskedAllTheSame()
    {
        Server.Method(
            Method,
            () => _calls.Add("handler"),
            new() { Validator = payload => payload.ValueKind == JsonValueKind.Null ? [] : [new("$", "Send nothing.")] });

        await ExpectErrorsAsync("1", ("$", "Send nothing."));
        await ExpectSuccessAsync(null);
    }

    [Fact]
    public async Task Validate_FindsErrors_HandlerDoesNotRun()
    {
        Server.Method(Method, (Item item, RequestContext _) => _calls.Add("handler"))
            .Validate<Item>(item => item.Name == "tea" ? [] : [new("$.name", "Tea only.")])
            .Validate<object>(_ => [new("$", "Not today.")]);

        await ExpectErrorsAsync("""{"name":"milk"}""", ("$.name", "Tea only."), ("$", "Not today."));
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Validate_FreeHandler_IsAskedToo()
    {
        Server.Method(Method, (int count) => count).Validate<int>(count => count > 0 ? [] : [new("$", "More.")]);

        await ExpectErrorsAsync("0", ("$", "More."));
        await ExpectSuccessAsync("1");
    }

    [Fact]
    public async Task Validate_NullablePayload_IsNotAskedAboutNothing()
    {
        Server.Method(Method, (int? count, RequestContext _) => count).Validate<int?>(count => count > 0 ? [] : [new("$", "More.")]);

        await ExpectErrorsAsync("0", ("$", "More."));
        await ExpectSuccessAsync(null);
    }

    [Theory]
    [InlineData("""{"name":"raw"}""", "raw")]
    [InlineData("5", "raw>read")]
    [InlineData("""{"count":0}""", "raw>annotations")]
    [InlineData("""{"name":"tea"}""", "raw>typed")]
    [InlineData("""{"name":"milk"}""", "raw>typed>handler")]
    public async Task Validators_AllKinds_RunInOrderAndOnlyIfThoseBeforeFoundNothing(string payload, string expected)
    {
        Server.Method(Method, (Item _, RequestContext _) => _calls.Add("handler"), new()
        {
            Validator = raw =>
            {
                _calls.Add("raw");
                return raw.GetRawText() == """{"name":"raw"}""" ? [new("$", "raw")] : [];
            },
        }).Validate<Item>(item =>
        {
            _calls.Add("typed");
            return item.Name == "tea" ? [new("$", "typed")] : [];
        });

        var failure = expected.EndsWith("handler", StringComparison.Ordinal) ? null : await FailAsync(payload);
        if (failure is null) await ExpectSuccessAsync(payload);
        else if (failure.Contains("cannot be read", StringComparison.Ordinal)) _calls.Add("read");
        else if (failure.Contains("between", StringComparison.Ordinal)) _calls.Add("annotations");

        Assert.Equal(expected, string.Join('>', _calls));
    }

    [Fact]
    public async Task Validator_Throws_IsMethodErrorAndLogged()
    {
        Server.Method(
            Method,
            (Item _, RequestContext _) => _calls.Add("handler"),
            new() { Validator = _ => throw new InvalidOperationException("raw boom") });

        await ExpectMethodErrorAsync("raw boom");
    }

    [Fact]
    public async Task Validate_Throws_IsMethodErrorAndLogged()
    {
        Server.Method(Method, (Item _, RequestContext _) => _calls.Add("handler"))
            .Validate<Item>(_ => throw new InvalidOperationException("typed boom"));

        await ExpectMethodErrorAsync("typed boom");
    }

    [Fact]
    public async Task Validate_ThrowsHeliosException_CallerGetsItsCode()
    {
        Server.Method(Method, (Item _, RequestContext _) => _calls.Add("handler"))
            .Validate<Item>(_ => throw new HeliosException("SHOP_CLOSED", "Closed"));

        Assert.Equal("""{"code":"SHOP_CLOSED","message":"Closed"}""", await FailAsync("{}"));
    }

    [Fact]
    public async Task Filter_AroundARefusal_SeesTheRequestAndNoException()
    {
        Server.Use(async (context, next) =>
        {
            _calls.Add($"> {context.Method}");
            await next();
            _calls.Add("<");
        });
        Server.Method(Method, (Item _, RequestContext _) => _calls.Add("handler"));

        await FailAsync("""{"count":0}""");

        Assert.Equal([$"> {Method}", "<"], _calls.Take(2));
    }

    [Fact]
    public void Validate_OfAnotherType_SaysWhatTheHandlerTakes()
    {
        var method = Server.Method(Method, (Item item, RequestContext _) => item.Name);

        var error = Assert.Throws<ArgumentException>(() => method.Validate<Address>(_ => []));

        Assert.Equal($"The handler of method '{Method}' takes '{typeof(Item)}', not '{typeof(Address)}'. Validate that.", error.Message);
    }

    [Fact]
    public void Validate_HandlerTakesNoPayload_SaysWhatToDo()
    {
        var method = Server.Method(Method, context => default(ValueTask));

        Assert.Contains(
            "MethodOptions.Validator",
            Assert.Throws<ArgumentException>(() => method.Validate<Item>(_ => [])).Message,
            StringComparison.Ordinal);
    }

    private async Task ExpectMethodErrorAsync(string text)
    {
        Assert.Equal("""{"code":"METHOD_ERROR","message":"Method execution failed"}""", await FailAsync("{}"));
        Assert.Empty(_calls);
        Assert.Single(Log.Entries, entry => entry.Exception?.Message == text);
    }
}
