using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace HeliosStarling.Fuzz;

/// <summary><c>dotnet run -c Release -- &lt;target&gt; [minutes] [seed]</c>, or <c>-- &lt;target&gt; replay &lt;file&gt;</c>.</summary>
internal static class Program
{
    private const string Usage = "Usage: <target> [minutes = 1] [seed], or: <target> replay <file>";

    private static int Main(string[] args)
    {
        Instrumentation.Apply();
        return Run(args);
    }

    // Apart from Main, so that no instrumented assembly is loaded before it is instrumented.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Run(string[] args)
    {
        IFuzzTarget[] targets = [new FrameTarget(), new HeadTarget()];
        var target = Array.Find(targets, candidate => candidate.Name == args.FirstOrDefault());
        if (target is null)
        {
            Console.WriteLine($"{Usage}. Targets: {string.Join(", ", targets.Select(candidate => candidate.Name))}");
            return 2;
        }

        var coverage = new Coverage();
        if (args is [_, "replay", var path])
        {
            target.Run(File.ReadAllBytes(path));
            return 0;
        }

        var minutes = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        var seed = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Environment.TickCount;
        Console.WriteLine($"{target.Name}: seed {seed}");
        return new FuzzRun(target, coverage, seed).Run(TimeSpan.FromMinutes(minutes)) is { } finding ? Save(target, finding) : 0;
    }

    private static int Save(IFuzzTarget target, byte[] finding)
    {
        var name = $"{target.Name}-{Convert.ToHexString(SHA256.HashData(finding).AsSpan(0, 8))}.bin";
        var path = Path.GetFullPath(Path.Combine("artifacts", "fuzz", name));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, finding);
        Console.WriteLine($"{target.Name}: broken by {path}");
        return 1;
    }
}
