using HeliosStarling.Fuzz;

IFuzzTarget[] targets = [new ReaderTarget()];

if (FuzzOptions.Parse(args) is not { } options || Array.Find(targets, target => target.Name == options.Target) is not { } target)
{
    Console.Error.WriteLine($"""
        usage: <target> [--minutes N] [--seed N] [--replay BASE64]
        targets: {string.Join(", ", targets.Select(target => target.Name))}
        """);
    return 2;
}

var fuzzer = new Fuzzer(target, new Random(options.Seed));
var finding = options.Replay is { } input ? Fuzzer.Try(target, input) : fuzzer.RunFor(TimeSpan.FromMinutes(options.Minutes));
Console.WriteLine($"{target.Name}: {fuzzer.Executions:N0} executions, seed {options.Seed}, {fuzzer.CorpusSize} inputs in the corpus");
if (finding is null) return 0;
Console.WriteLine($"""
    finding: {finding.Exception}
    input:   {Convert.ToBase64String(finding.Input)}
    """);
return 1;
