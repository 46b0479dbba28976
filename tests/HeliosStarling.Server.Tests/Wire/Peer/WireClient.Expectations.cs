using System.Globalization;
using System.Text.Json;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

internal sealed partial class WireClient
{
    private const string AliveId = "ffffffff-ffff-4fff-bfff-ffffffffffff";

    /// <summary>Asserts that the next message is exactly this one, including the envelope and the order of fields.</summary>
    public async Task ExpectAsync(string fields) => Assert.Equal(server.Envelope(fields), await ReadTextAsync());

    public Task ExpectSuccessAsync(string? data = null, string id = Id) => ExpectAsync(
        $"""
        "type":"response","requestId":"{id}","success":true{(data is null ? "" : $",\"data\":{data}")}
        """);

    /// <summary>Asserts a success whose data is this text, with any escapes.</summary>
    public async Task ExpectTextAsync(string text)
    {
        var answer = JsonElement.Parse(await ReadTextAsync());
        var told = (
            answer.GetProperty("requestId").GetString(),
            answer.GetProperty("success").GetBoolean(),
            answer.GetProperty("data").GetString());
        Assert.Equal((Id, true, text), told);
    }

    public Task ExpectFailureAsync(string code, string message, string? details = null, string id = Id) => ExpectAsync(
        $$"""
        "type":"response","requestId":"{{id}}","success":false,"error":{"code":"{{code}}","message":"{{message}}"{{Details(details)}}}
        """);

    public Task ExpectErrorAsync(string code, string message, string? details = null) => ExpectAsync(
        $$"""
        "type":"error","error":{"severity":"protocol","code":"{{code}}","message":"{{message}}"{{Details(details)}}}
        """);

    public Task ExpectNotificationAsync(string topic, string? data, string id = Id) => ExpectAsync(
        $$"""
        "type":"notification","requestId":"{{id}}","notification":{"topic":"{{topic}}"{{(data is null ? "" : $",\"data\":{data}")}}}
        """);

    /// <summary>Asserts that the connection answers and nothing else arrived before.</summary>
    public async Task ExpectAliveAsync()
    {
        await SendTextAsync(Request("system:ping", id: AliveId));
        await ExpectSuccessAsync(
            $$"""{"timestamp":{{server.Now}},"uptime":{{server.Uptime.ToString(CultureInfo.InvariantCulture)}}}""", AliveId);
    }

    private static string Details(string? details) => details is null ? "" : $",\"details\":{details}";
}
