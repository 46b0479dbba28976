namespace HeliosStarling;

/// <summary><c>state:registered</c>: a starling has registered a state.</summary>
/// <param name="Starling">The starling.</param>
/// <param name="Namespace">The namespace of the state.</param>
public sealed record StateRegistered(Starling Starling, string Namespace) : HeliosEvent("state:registered", Starling);

/// <summary><c>state:restored</c>: a state of a starling was restored.</summary>
/// <param name="Starling">The starling.</param>
/// <param name="Namespace">The namespace of the state.</param>
public sealed record StateRestored(Starling Starling, string Namespace) : HeliosEvent("state:restored", Starling);

/// <summary><c>state:failed</c>: a state could not be saved or restored.</summary>
/// <param name="Starling">The starling.</param>
/// <param name="Namespace">The namespace of the state.</param>
/// <param name="Fault">The error code, with the application's exception as inner exception.</param>
public sealed record StateFailed(Starling Starling, string Namespace, HeliosException Fault) : HeliosEvent("state:failed", Starling);
