namespace HeliosStarling;

/// <summary>A handler of the application made ready to run.</summary>
/// <param name="Run">What runs.</param>
/// <param name="PayloadType">What it reads the payload as; null when it reads none.</param>
/// <param name="Inline">The same without a request, if it takes its payload alone.</param>
internal readonly record struct BoundHandler(RequestHandler Run, Type? PayloadType, InlineHandler? Inline = null);
