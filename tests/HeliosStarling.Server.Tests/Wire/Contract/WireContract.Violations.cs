using HeliosStarling.Protocol;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>docs/protocol.md section 4: the answers to invalid protocol messages.</summary>
public abstract partial class WireContract
{
    [Theory]
    [MemberData(nameof(Violations.MethodNames), MemberType = typeof(Violations))]
    public async Task Request_OfMalformedMethodName_IsAnsweredWithThat(string message)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(message);

        await client.ExpectFailureAsync("METHOD_INVALID_NAME", "The method's name is malformed", Violations.MethodDetails);
        await client.ExpectAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Violations.OfRequests), MemberType = typeof(Violations))]
    public async Task Request_Invalid_IsAnsweredWithEveryFault(string message, string details)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(message);

        await client.ExpectFailureAsync("PROTOCOL_INVALID_MESSAGE", "The request's fields are at fault", details);
        await client.ExpectAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Violations.OfOthers), MemberType = typeof(Violations))]
    public async Task OtherMessage_Invalid_GetsErrorMessageWithEveryFault(string message, string details)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(message);

        await client.ExpectErrorAsync("PROTOCOL_VIOLATION", "The message is not a valid protocol message", details);
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Version_OfAnotherMajor_IsAnsweredToTheRequest()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("echo:echo").Replace("1.0.0", "2.1.0", StringComparison.Ordinal));

        await client.ExpectFailureAsync(
            "PROTOCOL_VERSION_MISMATCH", "The protocol version is not supported", """{"supported":["1.x"],"received":"2.1.0"}""");
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("""{"protocol":"helios-starling","version":"0.9.0","timestamp":1,"type":"ping"}""", "0.9.0")]
    [InlineData("""{"protocol":"helios-starling","version":"11.0.0"}""", "11.0.0")]
    public async Task Version_OfAnotherMajor_GetsErrorMessage(string message, string received)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(message);

        await client.ExpectErrorAsync(
            "PROTOCOL_VERSION_MISMATCH", "The protocol version is not supported", $$"""{"supported":["1.x"],"received":"{{received}}"}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Nesting_Of64Levels_Passes()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();
        var payload = new string('[', 63) + new string(']', 63);

        await client.SendTextAsync(Request("echo:echo", payload));

        await client.ExpectSuccessAsync(payload);
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Nesting_Of65Levels_IsViolationAnsweredToTheRequest()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("echo:echo", new string('[', 64) + new string(']', 64)));

        await client.ExpectFailureAsync(
            "PROTOCOL_VIOLATION", "The message is not a valid protocol message",
            Violations.Details("message: must not be nested deeper than 64 levels"));
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Nesting_Of65LevelsInNotification_GetsErrorMessage()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of($$$"""
            "type":"notification","notification":{"topic":"progress","data":{{{new string('[', 63) + new string(']', 63)}}}}
            """));

        await client.ExpectErrorAsync(
            "PROTOCOL_VIOLATION", "The message is not a valid protocol message",
            Violations.Details("message: must not be nested deeper than 64 levels"));
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("""
        "type":"error","error":{"severity":"application","code":"A_B","message":"broken","details":[1]}
        """)]
    [InlineData("\"type\":\"error\"")]
    [InlineData("""
        "type":"error","error":{"code":"a"}
        """)]
    [InlineData("""
        "type":"error","peer":true,"error":{"severity":"protocol","code":"PROTOCOL_VIOLATION","message":""}
        """)]
    public async Task ErrorMessage_ValidOrNot_IsNeverAnswered(string fields)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of(fields));
        await client.SendTextAsync(Of(fields).Replace("1.0.0", "3.0.0", StringComparison.Ordinal));

        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task ErrorMessage_FromClient_ReachesOnError()
    {
        var got = Signal<ErrorContext>();
        await using var server = await StartAsync(helios => helios.OnError(got.SetResult));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of("""
            "type":"error","error":{"severity":"application","code":"PAGE_BROKEN","message":"It broke","details":{"line":7}}
            """));

        var error = await got.Task.InTime();
        Assert.Equal(
            (ErrorSeverity.Application, "PAGE_BROKEN", "It broke", """{"line":7}"""),
            (error.Severity, error.Code, error.Message, error.Details?.GetRawText()));
        await client.ExpectAliveAsync();
    }
}
