using System.Text.Json;
using HeliosStarling.Framing;
using HeliosStarling.Wire;
using Microsoft.Extensions.Logging;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>
/// Invalid texts of clients that handlers pass on: the client gets the error, and nothing is logged.
/// </summary>
public sealed class ClientTextTests : IAsyncLifetime
{
    private static readonly Dictionary<string, Func<Starling, string, ValueTask>> s_uses = new()
    {
        ["join"] = static async (starling, text) => await starling.JoinAsync(text),
        ["leave"] = static async (starling, text) => await starling.LeaveAsync(text),
        ["keep"] = static (starling, text) => Do(() => starling.Data.Set(text, 1)),
        ["kept"] = static (starling, text) => Do(() => starling.Data.Get<int>(text)),
        ["forget"] = static (starling, text) => Do(() => starling.Data.Remove(text)),
        ["group"] = static (starling, text) => Do(() => starling.Helios.Starlings.Group(text).Members),
        ["find"] = static (starling, text) => Do(() => starling.Helios.Starlings.GetById(text)),
        ["notify"] = static async (starling, text) => await starling.NotifyAsync(text, 1),
        ["broadcast"] = static async (starling, text) => await starling.Helios.Starlings.BroadcastAsync(text, 1),
        ["say"] = static async (starling, text) => await starling.SendTextAsync(text),
        ["ask"] = static (starling, text) => Do(() => starling.Request<int>(text)),
        ["save"] = static (starling, text) => Do(() => starling.States.Register(text, () => ValueTask.FromResult(1), _ => default)),
    };

    private WireServer _server = null!;

    public static TheoryData<string, string> Refused
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var use in new[] { "join", "keep", "notify", "broadcast", "ask", "save" })
            {
                foreach (var text in new[] { "", "long", "huge", "half", "control" }) all.Add(use, text);
            }
            all.Add("notify", "connection:lost");
            all.Add("save", "info");
            return all;
        }
    }

    public static TheoryData<string, string> Harmless
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var use in new[] { "leave", "kept", "forget", "group", "find" })
            {
                foreach (var text in new[] { "", "long", "huge", "half", "control" }) all.Add(use, text);
            }
            return all;
        }
    }

    public async ValueTask InitializeAsync() => _server = await LimitServer.StartAsync(Register);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Request_WhoseTextIsMalformed_IsAnsweredWithTheFaultAndNotLogged(string use, string text)
    {
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(Request($"use:{use}", Payload(text)));
        var error = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("error");

        AssertFault(error);
        AssertNothingIsLogged();
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Notification_WhoseTextIsMalformed_IsAnsweredWithTheFaultAndNotLogged(string use, string text)
    {
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(Notification($"on:{use}", Payload(text)));
        var error = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("error");

        Assert.Equal("application", error.GetProperty("severity").GetString());
        AssertFault(error);
        AssertNothingIsLogged();
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task Request_ForWhatIsNotThere_Succeeds(string use, string text)
    {
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(Request($"use:{use}", Payload(text)));

        Assert.Contains("\"success\":true", await client.ReadTextAsync(), StringComparison.Ordinal);
        AssertNothingIsLogged();
    }

    [Theory]
    [InlineData("say", "half")]
    [InlineData("say", "huge")]
    public async Task Text_ThatIsAnything_IsSent(string use, string text)
    {
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(Request($"use:{use}", Payload(text)));

        Assert.DoesNotContain("\"success\":false", await client.ReadTextAsync() + await client.ReadTextAsync(), StringComparison.Ordinal);
        AssertNothingIsLogged();
    }

    [Fact]
    public async Task BytesOfAClient_ThatAreNoText_AreRefusedAndNotLogged()
    {
        await using var client = await _server.ConnectAsync();

        await client.SendAsync(ClientFrame.Binary(0xff, 0xfe));

        AssertFault(JsonElement.Parse(await client.ReadTextAsync()).GetProperty("error"));
        AssertNothingIsLogged();
    }

    [Theory]
    [InlineData("half")]
    [InlineData("huge")]
    [InlineData("control")]
    public async Task CloseReason_ThatIsAnything_IsCutAndSent(string text)
    {
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(Request("use:close", Payload(text)));
        ServerFrame? frame;
        do frame = await client.TryReadFrameAsync();
        while (frame is { Opcode: not 8 });

        Assert.InRange(frame!.Payload.Length, 3, 125);
        AssertNothingIsLogged();
    }

    private static void AssertFault(JsonElement error)
    {
        var message = error.GetProperty("message").GetString()!;
        Assert.Equal("VALIDATION_ERROR", error.GetProperty("code").GetString());
        Assert.InRange(message.Length, 10, 400);
        Assert.DoesNotContain("Parameter", message, StringComparison.Ordinal);
        var only = Assert.Single(error.GetProperty("details").GetProperty("errors").EnumerateArray());
        Assert.Equal("$", only.GetProperty("path").GetString());
        Assert.InRange(only.GetProperty("message").GetString()!.Length, 10, 400);
    }

    private void AssertNothingIsLogged() =>
        Assert.DoesNotContain(_server.Log.Entries, static entry => entry.Level >= LogLevel.Warning && entry.Exception is not null);

    private static void Register(Helios helios)
    {
        foreach (var (name, use) in s_uses)
        {
            helios.Method($"use:{name}", async (int[] units, RequestContext context) => await use(context.Starling, TextOf(units)));
            helios.On($"on:{name}", async (int[] units, TopicContext context) => await use(context.Starling, TextOf(units)));
        }
        helios.Method("use:close", async (int[] units, RequestContext context) => await context.Starling.CloseAsync(4000, TextOf(units)));
        helios.OnBinary(async context => await context.Starling.SendTextAsync(context.Data));
    }

    // As code units, because JSON cannot carry a lone surrogate.
    private static string TextOf(int[] units) => string.Concat(units.Select(static unit => (char)unit));

    private static string Payload(string text)
    {
        var meant = text switch
        {
            "long" => new string('x', 300),
            "huge" => new string('x', 50_000),
            "half" => "half \ud83e",
            "control" => "line\nbreak",
            _ => text,
        };
        return $"[{string.Join(',', meant.Select(static unit => (int)unit))}]";
    }

    private static ValueTask Do<T>(Func<T> use)
    {
        use();
        return default;
    }

    private static ValueTask Do(Action use)
    {
        use();
        return default;
    }
}
