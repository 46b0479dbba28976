namespace HeliosStarling;

/// <summary>Each message of a client starts in the same execution context, whatever handlers before it have set.</summary>
public class AmbientStateTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public async Task Handlers_AfterOthersHaveChangedTheState_SeeNothingOfIt()
    {
        var seen = new List<string?>();
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: it =>
        {
            it.On<int>("a:b", _ => See());
            it.Method("a:c", (int number) =>
            {
                See();
                return number;
            });
            it.OnText(_ => See());
        });

        for (var round = 0; round < 2; round++)
        {
            await server.Starling.NotifyAsync("a:b", 1);
            await server.Starling.SendTextAsync("plain");
            Assert.Equal(1, await server.Starling.Request<int>("a:c", 1).InTime());
        }

        Assert.Equal(new string?[6], seen);

        void See()
        {
            lock (seen) seen.Add(s_local.Value);
            s_local.Value = "spoilt";
        }
    }
}
