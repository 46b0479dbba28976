using System.Text.Encodings.Web;
using System.Text.Json;
using HeliosStarling.Testing;
using HeliosStarling.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Validation;

/// <summary>A server with one method, and a hand-made client.</summary>
public abstract class ValidationTest : IAsyncDisposable
{
    protected const string Method = "shop:order";

    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ILoggerFactory _loggers;
    private readonly ServiceProvider _services;
    private readonly MockWebSocket _socket;

    protected ValidationTest()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(Log));
        _services = new ServiceCollection().AddScoped<Stock>().BuildServiceProvider(validateScopes: true);
        Server = Helios.Create(options => options.LoggerFactory = _loggers, _services);
        _socket = new MockWebSocket(Server);
    }

    protected Helios Server { get; }

    private protected LogProbe Log { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        await Server.DisposeAsync();
        await _services.DisposeAsync();
        _loggers.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Sends a payload and expects exactly these errors in this order. Then the connection must still answer.
    /// </summary>
    protected async Task ExpectErrorsAsync(string? payload, params (string Path, string Message)[] errors) =>
        Assert.Equal(
            $$$"""{"code":"VALIDATION_ERROR","message":{{{Summarize(errors)}}},"details":{"errors":{{{Write(errors)}}}}}""",
            await FailAsync(payload));

    /// <summary>The message names the first error, and how many follow.</summary>
    private static string Summarize((string Path, string Message)[] errors)
    {
        var more = errors.Length == 1 ? "" : $" ({errors.Length - 1} more in the details)";
        var text = $"The payload is not what the method takes: {errors[0].Path}: {errors[0].Message}{more}";
        return JsonSerializer.Serialize(ValidationErrors.Cut(text), s_relaxed);
    }

    /// <summary>Sends a payload and expects success.</summary>
    protected async Task ExpectSuccessAsync(string? payload)
    {
        var answer = await AskAsync(Method, payload);
        Assert.True(answer.GetProperty("success").GetBoolean(), answer.GetRawText());
    }

    /// <summary>Sends a payload and returns the failure.</summary>
    protected async Task<string> FailAsync(string? payload)
    {
        var answer = await AskAsync(Method, payload);
        Assert.True((await AskAsync("system:ping", payload: null)).GetProperty("success").GetBoolean());
        Assert.False(answer.GetProperty("success").GetBoolean(), "It must be refused.");
        return answer.GetProperty("error").GetRawText();
    }

    protected ValueTask NotifyAsync(string topic, string data) =>
        SendAsync($$"""
            "type":"notification","notification":{"topic":"{{topic}}","data":{{data}}}
            """);

    protected async Task<JsonElement> ReceiveAsync() => JsonElement.Parse((await _socket.ReceiveAsync().InTime()).Text!);

    protected async Task<JsonElement> AskAsync(string method, string? payload)
    {
        await SendAsync($$"""
            "type":"request","requestId":"{{Guid.NewGuid()}}","method":"{{method}}"{{(payload is null ? "" : ",\"payload\":" + payload)}}
            """);
        return await ReceiveAsync();
    }

    private static string Write((string Path, string Message)[] errors) =>
        JsonSerializer.Serialize(errors.Select(error => new { path = error.Path, message = error.Message }), s_relaxed);

    private ValueTask SendAsync(string fields) =>
        _socket.SendTextAsync($$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,{{fields}}}""");
}

/// <summary>A scoped service.</summary>
internal sealed class Stock
{
    public int Left { get; } = 3;
}
