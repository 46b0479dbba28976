using Microsoft.Extensions.Logging;

namespace HeliosStarling.Validation;

public sealed class TopicValidationTests : ValidationTest
{
    private readonly List<string?> _names = [];

    [Fact]
    public async Task Notification_Faults_SenderGetsAnErrorMessageThatNamesAll()
    {
        Server.On("shop:*", (Item item, TopicContext _) => _names.Add(item.Name));

        await NotifyAsync("shop:add", """{"name":"far too long","count":0}""");

        var error = await ReceiveAsync();
        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.Equal(
            """{"severity":"application","code":"VALIDATION_ERROR","message":"The data on topic 'shop:add' is not what its handler takes: $.name: The field name must be a string with a maximum length of 5. (1 more in the details)","details":{"errors":[{"path":"$.name","message":"The field name must be a string with a maximum length of 5."},{"path":"$.count","message":"The field count must be between 1 and 9."}]}}""",
            error.GetProperty("error").GetRawText());
        Assert.Empty(_names);
    }

    [Fact]
    public async Task Notification_Faults_AreNoWarningsInTheLogOfTheServer()
    {
        Server.On("shop:*", (Item item, TopicContext _) => _names.Add(item.Name));

        await NotifyAsync("shop:add", """{"count":0}""");
        await ReceiveAsync();

        Assert.DoesNotContain(
            Log.Entries, entry => entry.Level > LogLevel.Debug && entry.Text.Contains("shop:add", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Notification_AfterOneWithFaults_HandlerRuns()
    {
        Server.On("shop:*", (Item item, TopicContext _) => _names.Add(item.Name));

        await NotifyAsync("shop:add", """{"count":0}""");
        await ReceiveAsync();
        await NotifyAsync("shop:add", """{"name":"tea"}""");
        await AskAsync("system:ping", payload: null);

        Assert.Equal(["tea"], _names);
    }
}
