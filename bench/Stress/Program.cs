using System.Runtime;
using HeliosStarling.Stress;

// Measures what hostile clients do to other clients and to the server's memory; see ../README.md.
if (args is ["server", var port, var controlPort, .. var rest])
{
    await ControlServer.RunAsync(int.Parse(port, null), int.Parse(controlPort, null), Settings.Parse(rest));
    return 0;
}
if (args is ["hostile", var target, var each, var seed, var mode])
{
    await HostileProcess.RunAsync(int.Parse(target, null), int.Parse(each, null), int.Parse(seed, null), mode);
    return 0;
}
var settings = Settings.Parse(args);
Console.WriteLine(
    $"{settings.Mode}, seed {settings.Seed}, {Environment.ProcessorCount} cores, {await Cores.PinSelfAsync(core: 1, settings.Pin)}, "
        + $"collector {(GCSettings.IsServerGC ? "of servers" : "of workstations")}, {GCSettings.LatencyMode}");
switch (settings.Mode)
{
    case "neighbors":
        return await NeighborsRun.RunAsync(settings) ? 0 : 1;
    case "attack":
        return await AttackRun.RunAsync(settings) ? 0 : 1;
    case "soak":
        return await SoakRun.RunAsync(settings) ? 0 : 1;
    default:
        Console.WriteLine("Stress neighbors|attack|soak [--seconds N] [--minutes N] [--seed N] [--rounds N] [--clients N] [--each N] [--limited|--unlimited] [--unpinned]");
        return 2;
}
