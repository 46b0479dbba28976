using System.Globalization;
using System.Text.Json;
using HeliosStarling.Load;

// Measures one peer in one mode, or all peers in turn (suite); see ../README.md.
if (args is ["suite", .. var rest]) return Suite.Run(SuiteSettings.Parse(rest));
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var settings = Settings.Parse(args);
Func<Settings, Result>? mode = settings.Mode switch
{
    "echo" => Echo.Run,
    "fan-out" => FanOut.Run,
    "idle" => Idle.Run,
    "storm" => Storm.Run,
    _ => null,
};
if (mode is null)
{
    Console.WriteLine("""
        Load echo|fan-out|idle|storm --url URL --peer helios|signalr|raw|frames|bun|bun-raw|socketio [--pid N] [--connections N] [--in-flight N]
             [--members N [--filtered]] [--resume] [--warm-up SECONDS] [--seconds SECONDS] [--json]
        Load suite [--rounds N] [--quick] [--peers A,B,…]
        """);
    return 2;
}
try
{
    var result = mode(settings);
    Console.WriteLine(settings.IsJson ? JsonSerializer.Serialize(result) : result.ToText());
    return 0;
}
catch (Exception exception) when (exception is IOException or InvalidOperationException or InvalidDataException or TimeoutException
    or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
