using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Tokens;

/// <summary>Tokens of a server with a fake clock.</summary>
internal sealed class TokenHarness
{
    public const string Key = "0123456789abcdef0123456789abcdef";
    public const string Id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public IStateStore Store { get; }

    public TokenHarness() => Store = new InMemoryStateStore(Time);

    public RecoveryTokens Create(Action<HeliosOptions>? configure = null, IStateStore? store = null)
    {
        var options = new HeliosOptions { ConnectionKey = Key, TimeProvider = Time };
        configure?.Invoke(options);
        var engine = new Engine(Time)
        {
            Types = new JsonTypes(HeliosJson.Freeze(options.Json)),
            Logger = NullLogger.Instance,
            Outbox = new OutboxLimits(1000, 1024, OutboxPolicy.DropOldest),
            RequestTimeout = options.RequestTimeout,
            MaxMessageSize = options.MaxMessageSize,
        };
        return new RecoveryTokens(options.TokenSettings, store ?? Store, engine);
    }

    public static Dictionary<string, JsonElement> States(object? state = null) =>
        new() { ["game"] = JsonSerializer.SerializeToElement(state ?? new { level = 3 }) };

    public async Task<string> IssueAsync(
        Action<HeliosOptions>? configure = null, string? subject = null, TokenOptions? options = null, object? state = null) =>
        (await Create(configure).IssueAsync(Id, subject, States(state), options, default, null, default)).Token;

    /// <summary>The code of the refusal; null when the token is good.</summary>
    public async Task<string?> ReadAsync(string token, Action<HeliosOptions>? configure = null, string? subject = null)
    {
        var reading = await Create(configure).ReadAsync(token, subject, default);
        Assert.True(reading.Content is null ^ reading.Refusal is null);
        // For every fault the answer has only a code.
        if (reading.Refusal is { Code: "STATE_TOKEN_INVALID" } refusal)
            Assert.Equal(("The recovery token is not valid.", null), (refusal.Message, refusal.Details));
        return reading.Refusal?.Code;
    }
}
