namespace HeliosStarling;

/// <summary><c>state:registered</c>: a starling has registered a state.</summary>
/// <param name="Starling">Who.</param>
/// <param name="Namespace">Which.</param>
public sealed record StateRegistered(Starling Starling, string Namespace) : HeliosEvent("state:registered", Starling);

/// <summary><c>state:restored</c>: a state of a starling is restored.</summary>
/// <param name="Starling">Whose.</param>
/// <param name="Namespace">Which.</param>
public sealed record StateRestored(Starling Starling, string Namespace) : HeliosEvent("state:restored", Starling);

/// <summary><c>state:failed</c>: a state could not be saved or restored.</summary>
/// <param name="Starling">Whose.</param>
/// <param name="Namespace">Which.</param>
/// <param name="Fault">The code, and what the application threw inside.</param>
public sealed record StateFailed(Starling Starling, string Namespace, HeliosException Fault) : HeliosEvent("state:failed", Starling);
