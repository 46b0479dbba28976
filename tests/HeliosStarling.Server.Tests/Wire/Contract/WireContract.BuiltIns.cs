using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>docs/protocol.md section 5: the methods that every server has.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task SystemPing_Called_TellsTimeAndUptime()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        server.Time.Advance(TimeSpan.FromMilliseconds(90_500));

        await client.SendTextAsync(Request("system:ping"));

        await client.ExpectSuccessAsync($$"""{"timestamp":{{server.Now}},"uptime":90.5}""");
    }

    [Fact]
    public async Task SystemCapabilities_Called_TellsProtocolFeaturesAndLimits()
    {
        await using var server = await StartAsync(
            configure: options => (options.MaxMessageSize, options.RequestTimeout) = (2048, TimeSpan.FromSeconds(9)));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("system:capabilities", "{}"));

        await client.ExpectSuccessAsync(
            $$$"""
            {"protocol":{"name":"helios-starling","version":"1.0.0","timestamp":{{{server.Now}}}},
            "features":{"notifications":true,"binaryMessages":true,"progress":true,"streams":true,"cancellation":true,"stateRecovery":true,"resume":true,"proxies":false},
            "limits":{"maxMessageSize":2048,"maxDepth":64,"maxRequests":256,"maxRequestBytes":8388608,"requestTimeout":9000}}
            """.ReplaceLineEndings(""));
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task SystemMethods_Called_ListsPublicOnes()
    {
        await using var server = await StartAsync(helios =>
        {
            helios.Method(
                "b:two",
                (RequestContext _) => { },
                new MethodOptions { Timeout = TimeSpan.FromSeconds(2), Metadata = new { Description = "The second" } });
            helios.Method("a:one", (RequestContext _) => { });
            helios.Method("c:hidden", (RequestContext _) => { }, new MethodOptions { Private = true });
        });
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("system:methods"));

        await client.ExpectSuccessAsync(
            """[{"name":"a:one","timeout":30000},{"name":"b:two","timeout":2000,"metadata":{"description":"The second"}}]""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task PrivateMethod_Called_Answers()
    {
        await using var server = await StartAsync(
            helios => helios.Method("c:hidden", (RequestContext _) => 1, new MethodOptions { Private = true }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("c:hidden"));

        await client.ExpectSuccessAsync("1");
    }
}
