using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Keeps what servers and clients without logger write out of the tests' output: many tests make handlers fail.</summary>
internal static class QuietErrors
{
    [ModuleInitializer]
    internal static void Silence() => Console.SetError(TextWriter.Null);
}
