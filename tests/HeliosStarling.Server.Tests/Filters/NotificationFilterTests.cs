using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Filters;

public sealed class NotificationFilterTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();
    private readonly MockStarling _mock;
    private readonly List<string> _calls = [];

    public NotificationFilterTests() => _mock = new MockStarling(_server);

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task UseNotification_SeveralFilters_RunInOrderAroundTheHandler()
    {
        _server.UseNotification(Note("first"));
        _server.On("chat:*", (string data, TopicContext _) => _calls.Add(data)).Use(Note("own"));
        _server.UseNotification(Note("second"));

        await NotifyAsync("chat:lobby", "handler");

        Assert.Equal(["> first", "> second", "> own", "handler", "< own", "< second", "< first"], _calls);
    }

    [Fact]
    public async Task UseNotification_DoesNotGoOn_HandlerDoesNotRunAndOthersAreUnharmed()
    {
        _server.UseNotification((context, next) => context.Topic == "chat:secret" ? default : next());
        _server.On("chat:*", (string data, TopicContext _) => _calls.Add(data));

        await NotifyAsync("chat:secret", "no");
        await NotifyAsync("chat:lobby", "yes");

        Assert.Equal(["yes"], _calls);
    }

    [Fact]
    public async Task UseNotification_Throws_NextNotificationIsStillHandled()
    {
        _server.UseNotification((context, next) => context.Topic == "chat:bad" ? throw new InvalidOperationException("boom") : next());
        _server.On("chat:*", (string data, TopicContext _) => _calls.Add(data));

        await NotifyAsync("chat:bad", "no");
        await NotifyAsync("chat:lobby", "yes");

        Assert.Equal(["yes"], _calls);
    }

    /// <summary>Sends a notification and waits until it was handled, by the answer to a later request.</summary>
    private async Task NotifyAsync(string topic, string data)
    {
        await _mock.NotifyAsync(topic, data);
        await _mock.RequestAsync<JsonElement>("system:ping").InTime();
    }

    private Func<TopicContext, Func<ValueTask>, ValueTask> Note(string name) => async (_, next) =>
    {
        _calls.Add($"> {name}");
        await next();
        _calls.Add($"< {name}");
    };
}
