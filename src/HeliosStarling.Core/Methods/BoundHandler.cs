namespace HeliosStarling;

/// <summary>A handler of the application that is bound to its arguments.</summary>
/// <param name="Run">Runs the handler for a request.</param>
/// <param name="PayloadType">The type of the payload; null when the handler has none.</param>
/// <param name="Inline">Runs the handler without a request object, if the payload is its only parameter; otherwise null.</param>
internal readonly record struct BoundHandler(RequestHandler Run, Type? PayloadType, InlineHandler? Inline = null);
