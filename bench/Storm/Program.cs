using HeliosStarling.Bench;

// A reconnect storm: all connections are cut at once. Measures the time until all clients are back, also for stateful SignalR:
//   dotnet run -c Release --project bench/Storm [-- clients rounds peer]
if (args is ["--serve", var peer, var port])
{
    await Peers.ServeAsync(peer, int.Parse(port, null));
    return;
}
var clients = args.Length > 0 ? int.Parse(args[0], null) : 5000;
var rounds = args.Length > 1 ? int.Parse(args[1], null) : 5;
Console.WriteLine($"{clients} clients, cut at once; medians of {rounds} rounds after 3 to warm up; {Environment.ProcessorCount} cores");
Console.WriteLine($"{"peer",-10} {"p50 ms",8} {"p99 ms",8} {"last ms",8} {"server CPU ms",14} {"lost",6}");
foreach (var name in args.Length > 2 ? [args[2]] : new[] { "helios", "signalr" })
{
    await using var storm = await Storm.StartAsync(name, clients);
    for (var i = 0; i < 3; i++) await storm.RunAsync();
    var results = new List<StormResult>();
    for (var i = 0; i < rounds; i++) results.Add(await storm.RunAsync());
    Console.WriteLine($"{name,-10} {Median(r => r.P50),8:F0} {Median(r => r.P99),8:F0} {Median(r => r.Last),8:F0} {Median(r => r.ServerCpu),14:F0} {results.Sum(r => r.Lost),6}");

    double Median(Func<StormResult, double> of) => results.Select(of).Order().ElementAt(results.Count / 2);
}
