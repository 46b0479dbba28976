using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>Finds what a handler takes beside its context; when that cannot be, it has refused the request.</summary>
internal delegate bool ArgumentReader<T>(InboundRequest request, [MaybeNullWhen(false)] out T value);

/// <summary>What a handler takes beside its context.</summary>
/// <param name="TryRead">Finds it.</param>
/// <param name="PayloadType">What the payload is read as; null when it is none.</param>
internal readonly record struct HandlerArgument<T>(ArgumentReader<T> TryRead, Type? PayloadType);
