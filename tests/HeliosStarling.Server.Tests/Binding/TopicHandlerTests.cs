using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

public sealed class TopicHandlerTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();
    private readonly MockStarling _mock;
    private readonly List<string> _calls = [];

    public TopicHandlerTests() => _mock = new MockStarling(_server);

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task On_SeveralPriorities_HighestRunsFirst()
    {
        _server.On("chat:*", (string _, TopicContext _) => _calls.Add("none"));
        _server.On("chat:lobby", (string _, TopicContext _) => _calls.Add("low"), new() { Priority = -1 });
        _server.On("chat:**", (string _, TopicContext _) => _calls.Add("high"), new() { Priority = 10 });

        await NotifyAsync("chat:lobby", "hi");

        Assert.Equal(["high", "none", "low"], _calls);
    }

    [Fact]
    public async Task On_Filter_HandlerGetsOnlyWhatPasses()
    {
        _server.On(
            "chat:*",
            (string data, TopicContext _) => _calls.Add(data),
            new() { Filter = context => context.Topic == "chat:lobby" && context.Starling == _mock.Starling });

        await NotifyAsync("chat:garden", "no");
        await NotifyAsync("chat:lobby", "yes");

        Assert.Equal(["yes"], _calls);
    }

    [Fact]
    public async Task On_FilterThrows_OthersStillRun()
    {
        _server.On(
            "chat:*",
            (string _, TopicContext _) => _calls.Add("never"),
            new() { Filter = _ => throw new InvalidOperationException("boom") });
        _server.On("chat:*", (string _, TopicContext _) => _calls.Add("survivor"));

        await NotifyAsync("chat:lobby", "hi");

        Assert.Equal(["survivor"], _calls);
    }

    [Fact]
    public async Task On_Disposed_IsNotCalled()
    {
        _server.On("chat:*", (string _, TopicContext _) => _calls.Add("never")).Dispose();

        await NotifyAsync("chat:lobby", "hi");

        Assert.Empty(_calls);
    }

    [Fact]
    public async Task On_DataOfAnotherType_SenderGetsAnErrorMessage()
    {
        _server.On("count:*", (int _, TopicContext _) => { });

        await NotifyAsync("count:up", "text");

        var error = await _mock.ReceiveErrorAsync();
        Assert.Equal(
            ("VALIDATION_ERROR", "$"),
            (error.Code, ((JsonElement)error.Details!).GetProperty("errors")[0].GetProperty("path").GetString()));
    }

    [Fact]
    public async Task On_Metadata_HandlerSeesIt()
    {
        await using var socket = new MockWebSocket(_server);
        var seen = new TaskCompletionSource<string>();
        _server.On("chat:*", async (string _, TopicContext context) =>
        {
            await Task.Yield();
            seen.SetResult(context.Metadata.GetRawText());
        });

        await socket.SendTextAsync("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"notification","notification":{"topic":"chat:lobby","data":"x"},"metadata":{"trace":"t1"}}""");

        Assert.Equal("""{"trace":"t1"}""", await seen.Task.InTime());
    }

    /// <summary>Sends a notification and waits until it was handled, by the answer to a later request.</summary>
    private async Task NotifyAsync(string topic, string data)
    {
        await _mock.NotifyAsync(topic, data);
        await _mock.RequestAsync<JsonElement>("system:ping").InTime();
    }
}
