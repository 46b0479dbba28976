namespace HeliosStarling;

/// <summary>A handler of the application made ready to run.</summary>
/// <param name="Run">What runs.</param>
/// <param name="PayloadType">What it reads the payload as; null when it reads none.</param>
/// <param name="Function">The same, if it takes the payload alone and is over when it returns.</param>
internal readonly record struct BoundHandler(RequestHandler Run, Type? PayloadType, RequestFunction? Function = null);
