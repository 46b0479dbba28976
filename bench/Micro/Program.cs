using BenchmarkDotNet.Running;
using HeliosStarling.Micro;

// Measures the cost of each step of a message and the memory of a held starling; see ../README.md.
if (args is not ["held", ..]) return BenchmarkSwitcher.FromAssembly(typeof(HeldRun).Assembly).Run(args).Any() ? 0 : 1;
if (args is not (["held"] or ["held", _]) || !HeldRun.TryParseCount(args.ElementAtOrDefault(1), out var count))
{
    Console.WriteLine("Micro held [count between 100 and 1000000] | Micro [options of BenchmarkDotNet, such as --filter '*Outbox*']");
    return 2;
}
return await HeldRun.RunAsync(count) ? 0 : 1;
