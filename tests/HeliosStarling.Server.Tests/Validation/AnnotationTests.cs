using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Validation;

/// <summary>Attributes and <see cref="System.ComponentModel.DataAnnotations.IValidatableObject"/> on payload types.</summary>
public sealed class AnnotationTests : ValidationTest
{
    private const string Good =
        """{"customer":"Ada","address":{"street":"Main"},"items":[{"name":"tea"}],"extras":{"gift":{"name":"box"}},"sum_total":12}""";

    [Fact]
    public async Task Payload_KeepsToTheRules_HandlerRuns()
    {
        Register();
        await ExpectSuccessAsync(Good);
    }

    [Fact]
    public async Task Payload_OneFault_AnswerIsExactly()
    {
        Register();

        Assert.Equal(
            """{"code":"VALIDATION_ERROR","message":"The payload is not what the method takes: $.customer: The customer field is required.","details":{"errors":[{"path":"$.customer","message":"The customer field is required."}]}}""",
            await FailAsync("""{"sum_total":12}"""));
    }

    [Fact]
    public async Task Payload_FaultsEverywhere_EveryPathIsNamed()
    {
        Register();

        await ExpectErrorsAsync(
            """{"address":{"street":"A very long street","postCode":"x"},"items":[{"name":"tea"},{"name":"far too long","count":0}],"extras":{"gift":{"count":10},"the card":{"name":"too long"}},"sum_total":1001}""",
            ("$.customer", "The customer field is required."),
            ("$.address.street", "The field street must be a string with a maximum length of 10."),
            ("$.address.postCode", "The field post code must match the regular expression '[0-9]{5}'."),
            ("$.items[1].name", "The field name must be a string with a maximum length of 5."),
            ("$.items[1].count", "The field count must be between 1 and 9."),
            ("$.extras.gift.count", "The field count must be between 1 and 9."),
            ("$.extras['the card'].name", "The field name must be a string with a maximum length of 5."),
            ("$.sum_total", "The field sum_total must be between 0 and 1000."));
    }

    [Fact]
    public async Task Payload_EmptyList_ItsOwnRuleIsNamed()
    {
        Register();
        await ExpectErrorsAsync(
            """{"customer":"Ada","items":[],"sum_total":13}""",
            ("$.items", "The field items must be a string or array type with a minimum length of '1'."));
    }

    [Fact]
    public async Task ValidatableObject_NamesMembers_PathsAreThoseOfTheWire()
    {
        Register();
        await ExpectErrorsAsync(
            """{"customer":"Ada","sum_total":13}""", ("$.sum_total", "No unlucky totals"), ("$.customer", "No unlucky totals"));
    }

    [Fact]
    public async Task ValidatableObject_NamesNoMember_PathIsItsOwn()
    {
        Register();
        await ExpectErrorsAsync("""{"customer":"Ada","sum_total":14}""", ("$", "Nothing in particular"));
    }

    [Fact]
    public async Task ValidatableObject_AsksForAService_GetsThatOfTheRequest()
    {
        Register();
        await ExpectErrorsAsync("""{"customer":"Ada","sum_total":301}""", ("$.sum_total", "Too much"));
    }

    [Fact]
    public async Task Payload_CannotBeRead_OnlyThatIsNamed()
    {
        Register();
        await ExpectErrorsAsync(
            """{"customer":5,"sum_total":5000}""",
            ("$.customer", "The value cannot be read as what is expected here."));
    }

    [Fact]
    public async Task FreeHandler_Faults_AreNamedToo()
    {
        Server.Method(Method, (CancellationToken _, Item item) => item.Count);

        await ExpectErrorsAsync(
            """{"name":"far too long","count":0}""",
            ("$.name", "The field name must be a string with a maximum length of 5."),
            ("$.count", "The field count must be between 1 and 9."));
        await ExpectSuccessAsync("""{"name":"tea"}""");
    }

    [Fact]
    public async Task FreeHandlerWithDefault_Absent_IsNotValidated()
    {
        Server.Method(Method, (Item? item = null) => item?.Count);

        await ExpectSuccessAsync(null);
        await ExpectSuccessAsync("null");
        await ExpectErrorsAsync("""{"count":0}""", ("$.count", "The field count must be between 1 and 9."));
    }

    [Fact]
    public async Task NullableParameter_Absent_IsNotValidated()
    {
        Server.Method(Method, (Item? item, RequestContext _) => item?.Count);

        await ExpectSuccessAsync(null);
        await ExpectErrorsAsync("""{"count":0}""", ("$.count", "The field count must be between 1 and 9."));
    }

    [Fact]
    public async Task RequiredParameter_Absent_IsAnError()
    {
        Server.Method(Method, (Item item, RequestContext _) => item.Count);

        await ExpectErrorsAsync(null, ("$", "A value is required."));
        await ExpectErrorsAsync("null", ("$", "A value is required."));
    }

    [Fact]
    public async Task PayloadReadByHand_Faults_EveryPathIsNamed()
    {
        Server.Method(Method, context =>
        {
            context.Success(context.Payload.Read<Item>()!.Count);
            return default;
        });

        await ExpectErrorsAsync(
            """{"name":"far too long","count":0}""",
            ("$.name", "The field name must be a string with a maximum length of 5."),
            ("$.count", "The field count must be between 1 and 9."));
        await ExpectSuccessAsync("""{"count":1}""");
    }

    [Fact]
    public async Task Payload_IsAList_ItemsAreValidated()
    {
        Server.Method(Method, (Item[] items, RequestContext _) => items.Length);
        await ExpectErrorsAsync(
            """[{"count":1},{"count":0},null,{"count":10}]""",
            ("$[1].count", "The field count must be between 1 and 9."),
            ("$[3].count", "The field count must be between 1 and 9."));
    }

    [Fact]
    public async Task Payload_TooManyFaults_AnswerIsBounded()
    {
        Server.Method(Method, (Faulty[] items, RequestContext _) => items.Length);
        var errors = Enumerable.Range(0, 200).Select(i => ($"$[{i}].a", "Bad."));

        await ExpectErrorsAsync(
            $"[{string.Join(',', Enumerable.Repeat("""{"a":0}""", 5000))}]", [.. errors, ("$", "There are more than 200 errors.")]);
    }

    [Fact]
    public async Task Payload_FaultsBehindALongKey_AnswerIsBoundedInBytes()
    {
        Server.Method(Method, (Dictionary<string, Faulty[]> items, RequestContext _) => items.Count);
        var key = new string('k', 1020);

        var failure = await FailAsync($$"""{"{{key}}":[{{string.Join(',', Enumerable.Repeat("""{"a":0}""", 201))}}]}""");

        var errors = JsonElement.Parse(failure)
            .GetProperty("details")
            .GetProperty("errors")
            .EnumerateArray()
            .Select(error => (error.GetProperty("path").GetString(), error.GetProperty("message").GetString()))
            .ToList();
        Assert.InRange(Encoding.UTF8.GetByteCount(failure), 8 * 1024, 17 * 1024);
        Assert.Equal(($"$.{key}[0]"[..1024], "Bad."), (errors[0].Item1![..1024], errors[0].Item2));
        Assert.Equal(("$", "There are more errors than this answer names."), errors[^1]);
    }

    [Fact]
    public async Task Payload_FaultBehindALongKey_PathIsCut()
    {
        Server.Method(Method, (Dictionary<string, Item> items, RequestContext _) => items.Count);
        await ExpectErrorsAsync(
            $$$"""{"{{{new string('k', 5000)}}}":{"count":0}}""",
            ("$." + new string('k', 1022), "The field count must be between 1 and 9."));
    }

    private void Register() => Server.Method(Method, (Order order, RequestContext _) => order.Customer);

    private sealed record Faulty([Range(1, 9, ErrorMessage = "Bad.")] int A);
}
