using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Keeps the log of servers and clients without a logger out of the tests' output: many tests make handlers fail.</summary>
internal static class QuietErrors
{
    [ModuleInitializer]
    internal static void Silence() => Console.SetError(TextWriter.Null);
}
