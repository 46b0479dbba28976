namespace HeliosStarling;

/// <summary>A handler of the application made ready to run.</summary>
/// <param name="Run">What runs.</param>
/// <param name="PayloadType">What it reads the payload as; null when it reads none.</param>
internal readonly record struct BoundHandler(RequestHandler Run, Type? PayloadType);
