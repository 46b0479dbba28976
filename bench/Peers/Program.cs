using HeliosStarling.Peers;

// Servers that do the same work, for comparison; see ../README.md.
Settings settings;
try
{
    settings = Settings.Parse(args);
}
catch (ArgumentException exception)
{
    Console.WriteLine(exception.Message);
    Console.WriteLine(Settings.Usage);
    return 2;
}
using var stop = new Stop(settings.WatchStdin);
if (settings.IsLean(Settings.Helios)) await HeliosPeer.StartLeanAsync(settings);
if (settings.IsLean(Settings.Frames)) FramesListener.Start(settings);
if (settings.Served.Any(settings.IsMapped)) await WebPeers.StartAsync(settings);
foreach (var name in settings.Served) Console.WriteLine($"ready {name} pid={Environment.ProcessId} {settings.AddressOf(name)}/{name}");
await stop.Requested;
// Exits without closing connections gracefully, which would delay the next round.
return 0;
