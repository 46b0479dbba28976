using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Binding;

/// <summary>Topic handlers with any parameters in any order, as for methods.</summary>
public sealed class FreeTopicTests() : MockTest(new ServiceCollection().AddSingleton<Clock>().AddScoped<Visit>().BuildServiceProvider())
{
    private readonly TaskCompletionSource<object?> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task On_AllKindsOfParametersInAnyOrder_GetsThem()
    {
        Server.On(
            "a:b",
            (Clock clock, CancellationToken token, Note note, Starling starling, Helios helios, ClaimsPrincipal user,
                TopicContext context) =>
                _told.SetResult((
                    clock is not null,
                    token.CanBeCanceled,
                    note.Text,
                    starling.Id,
                    helios == Server,
                    user == starling.User,
                    context.Topic)));

        await Mock.NotifyAsync("a:b", new { Text = "hi" });

        Assert.Equal((true, true, "hi", Mock.Id, true, true, "a:b"), await _told.Task.InTime());
    }

    [Fact]
    public async Task On_DataAlone_GetsIt()
    {
        Server.On("a:b", (Note note) => _told.SetResult(note.Text));

        await Mock.NotifyAsync("a:b", new { Text = "hi" });

        Assert.Equal("hi", await _told.Task.InTime());
    }

    [Fact]
    public async Task On_NoData_IsCalledWhateverCame()
    {
        Server.On("a:b", (Starling starling) => _told.SetResult(starling.Id));

        await Mock.NotifyAsync<object?>("a:b", null);

        Assert.Equal(Mock.Id, await _told.Task.InTime());
    }

    [Fact]
    public async Task On_SeveralPlainParameters_AreMembersOfTheData()
    {
        Server.On(
            "a:b",
            (string user, TopicContext context, int? age, string text = "nothing") => _told.SetResult((user, age, text, context.Topic)));

        await Mock.NotifyAsync("a:b", new { User = "ada" });

        Assert.Equal(("ada", (int?)null, "nothing", "a:b"), await _told.Task.InTime());
    }

    [Fact]
    public async Task On_AMemberIsMissing_SenderIsTold()
    {
        Server.On("a:b", (string user, string text) => _told.SetResult(user + text));

        await Mock.NotifyAsync("a:b", new { User = "ada" });

        var error = await Mock.ReceiveErrorAsync();
        Assert.Equal(
            ("VALIDATION_ERROR", """{"errors":[{"path":"$.text","message":"A value is required."}]}"""),
            (error.Code, ((JsonElement)error.Details!).GetRawText()));
    }

    [Fact]
    public async Task On_ServicesOfTheNotification_EndWithIt()
    {
        Server.On("a:b", async (IServiceProvider services) =>
        {
            await Task.Yield();
            _told.SetResult(services.GetRequiredService<Visit>());
        });

        await Mock.NotifyAsync("a:b", 1);

        await ((Visit)(await _told.Task.InTime())!).Ended.InTime();
    }

    [Fact]
    public async Task On_Token_IsCancelledWhenTheStarlingIsGoneForGood()
    {
        Server.On("a:b", async (CancellationToken token) =>
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = token.Register(cancelled.SetResult);
            await cancelled.Task;
            _told.SetResult("cancelled");
        });

        await Mock.NotifyAsync("a:b", 1);
        await Eventually.TrueAsync(() => !Mock.Starling.Session.Budget.IsQuiet);
        await Mock.Starling.CloseAsync();

        Assert.Equal("cancelled", await _told.Task.InTime());
    }

    [Fact]
    public void On_ServiceThatIsNotRegistered_IsRefused()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Server.On("a:b", ([FromServices] Note note) => { }));

        Assert.Contains("no 'Note' is registered", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Topics.Patterns);
    }

    [Fact]
    public void On_TwoObjects_IsRefused()
    {
        var fault = Assert.Throws<ArgumentException>(() => Server.On("a:b", (Note note, string text) => { }));

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
