using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>Gets the argument of a handler. When it returns false, it has refused the request.</summary>
internal delegate bool ArgumentReader<T>(InboundRequest request, [MaybeNullWhen(false)] out T value);

/// <summary>An argument of a handler.</summary>
/// <param name="TryRead">Gets the argument for a request.</param>
/// <param name="PayloadType">The type of the payload; null when the argument is not the payload.</param>
internal readonly record struct HandlerArgument<T>(ArgumentReader<T> TryRead, Type? PayloadType);
