using HeliosStarling.Peers;

// Servers that do the same work in different ways, to be measured side by side; see ../README.md.
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
// Without goodbyes: those would take longer than the next round wants to wait.
return 0;
