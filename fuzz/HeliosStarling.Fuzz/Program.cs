using HeliosStarling.Fuzz;

IFuzzTarget[] targets = [new ReaderTarget()];

if (FuzzOptions.Parse(args) is not { } options || Array.Find(targets, target => target.Name == options.Target) is not { } target)
{
    Console.Error.WriteLine($"""
        usage: <target> [--minutes N] [--seed N] [--coverage true] [--replay BASE64]
        targets: {string.Join(", ", targets.Select(target => target.Name))}
        """);
    return 2;
}

// Before anything of the assembly is loaded.
var coverage = options.Coverage ? Coverage.Of(target.Assembly) : null;
var fuzzer = new Fuzzer(target, new Random(options.Seed), coverage);
var finding = options.Replay is { } input ? Fuzzer.Try(target, input) : fuzzer.RunFor(TimeSpan.FromMinutes(options.Minutes));
Console.WriteLine($"{target.Name}, seed {options.Seed}: {fuzzer.Summary}");
if (finding is null) return 0;
Console.WriteLine($"""
    finding: {finding.Exception}
    input:   {Convert.ToBase64String(finding.Input)}
    """);
return 1;
