using SharpFuzz;
using SharpFuzz.Common;

namespace HeliosStarling.Fuzz;

/// <summary>Instruments the project's assemblies so that they report branches. Must run before one of them is loaded.</summary>
internal static class Instrumentation
{
    private static readonly string[] s_assemblies = ["HeliosStarling.Protocol", "HeliosStarling.Core", "HeliosStarling.Server"];

    public static void Apply()
    {
        // Targets that several threads run need this, see Coverage.
        Environment.SetEnvironmentVariable("SHARPFUZZ_ENABLE_ON_BRANCH_CALLBACK", "1");
        Trace.OnBranch = static (_, _) => { };
        foreach (var assembly in s_assemblies)
        {
            try
            {
                Fuzzer.Instrument(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), _ => true, Options.Value);
            }
            catch (InstrumentationException)
            {
                // An earlier run has instrumented it. A build replaces it.
            }
        }
    }
}
