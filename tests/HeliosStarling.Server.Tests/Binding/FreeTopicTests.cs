using System.Security.Claims;
using System.Text.Json;
using HeliosStarling.Testing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Binding;

/// <summary>Topic handlers that take what they need, in any order, as methods do.</summary>
public sealed class FreeTopicTests : IAsyncLifetime
{
    private readonly Helios _server = Helios.Create(services: new ServiceCollection().AddSingleton<Clock>().AddScoped<Visit>().BuildServiceProvider());
    private readonly TaskCompletionSource<object?> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MockStarling _mock = null!;

    public ValueTask InitializeAsync()
    {
        _mock = new MockStarling(_server);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task On_AllKindsOfParametersInAnyOrder_GetsThem()
    {
        _server.On("a:b", (Clock clock, CancellationToken token, Note note, Starling starling, Helios helios, ClaimsPrincipal user, TopicContext context) =>
            _told.SetResult((clock is not null, token.CanBeCanceled, note.Text, starling.Id, helios == _server, user == starling.User, context.Topic)));

        await _mock.NotifyAsync("a:b", new { Text = "hi" });

        Assert.Equal((true, true, "hi", _mock.Id, true, true, "a:b"), await _told.Task.InTime());
    }

    [Fact]
    public async Task On_DataAlone_GetsIt()
    {
        _server.On("a:b", (Note note) => _told.SetResult(note.Text));

        await _mock.NotifyAsync("a:b", new { Text = "hi" });

        Assert.Equal("hi", await _told.Task.InTime());
    }

    [Fact]
    public async Task On_NoData_IsCalledWhateverCame()
    {
        _server.On("a:b", (Starling starling) => _told.SetResult(starling.Id));

        await _mock.NotifyAsync<object?>("a:b", null);

        Assert.Equal(_mock.Id, await _told.Task.InTime());
    }

    [Fact]
    public async Task On_SeveralPlainParameters_AreMembersOfTheData()
    {
        _server.On("a:b", (string user, TopicContext context, int? age, string text = "nothing") => _told.SetResult((user, age, text, context.Topic)));

        await _mock.NotifyAsync("a:b", new { User = "ada" });

        Assert.Equal(("ada", (int?)null, "nothing", "a:b"), await _told.Task.InTime());
    }

    [Fact]
    public async Task On_AMemberIsMissing_SenderIsTold()
    {
        _server.On("a:b", (string user, string text) => _told.SetResult(user + text));

        await _mock.NotifyAsync("a:b", new { User = "ada" });

        var error = await _mock.ReceiveErrorAsync();
        Assert.Equal(("VALIDATION_ERROR", """{"errors":[{"path":"$.text","message":"A value is required."}]}"""), (error.Code, ((JsonElement)error.Details!).GetRawText()));
    }

    [Fact]
    public async Task On_ServicesOfTheNotification_EndWithIt()
    {
        _server.On("a:b", async (IServiceProvider services) =>
        {
            await Task.Yield();
            _told.SetResult(services.GetRequiredService<Visit>());
        });

        await _mock.NotifyAsync("a:b", 1);

        await ((Visit)(await _told.Task.InTime())!).Ended.InTime();
    }

    [Fact]
    public async Task On_Token_IsCancelledWhenTheStarlingIsGoneForGood()
    {
        _server.On("a:b", async (CancellationToken token) =>
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = token.Register(cancelled.SetResult);
            await cancelled.Task;
            _told.SetResult("cancelled");
        });

        await _mock.NotifyAsync("a:b", 1);
        await Eventually.TrueAsync(() => !_mock.Starling.Session.IsQuiet);
        await _mock.Starling.CloseAsync();

        Assert.Equal("cancelled", await _told.Task.InTime());
    }

    [Fact]
    public void On_ServiceThatIsNotRegistered_IsRefused()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => _server.On("a:b", ([FromServices] Note note) => { }));

        Assert.Contains("no 'Note' is registered", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Topics.Patterns);
    }

    [Fact]
    public void On_TwoObjects_IsRefused()
    {
        var fault = Assert.Throws<ArgumentException>(() => _server.On("a:b", (Note note, string text) => { }));

        Assert.Equal("Handler of the topic 'a:b' takes two payloads, 'note' and 'text'. Take one, and register 'Note' as a service if it is meant to be one.", fault.Message);
    }

    private sealed class Clock;

    private sealed record Note(string Text);

    private sealed class Visit : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Dispose() => _ended.SetResult();
    }
}
