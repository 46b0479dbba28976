using System.Collections.Concurrent;
using System.Collections.Frozen;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Error codes as metrics may show them: the protocol's, and so many others. Peers choose codes of their own, and each value of a tag is
/// kept for ever.
/// </summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class BoundedCodes
{
    /// <summary>How many codes beside the protocol's.</summary>
    internal const int MaxOthers = 100;

    private readonly ConcurrentDictionary<string, string> _others = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The protocol's own codes.</summary>
    internal static FrozenSet<string> Standard { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        ErrorCodes.ProtocolVersionMismatch,
        ErrorCodes.ProtocolInvalidMessage,
        ErrorCodes.ProtocolViolation,
        ErrorCodes.MethodInvalidName,
        ErrorCodes.MethodNotFound,
        ErrorCodes.MethodError,
        ErrorCodes.MethodNotAllowed,
        ErrorCodes.RequestTimeout,
        ErrorCodes.RequestCancelled,
        ErrorCodes.RequestDuplicate,
        ErrorCodes.RequestQueueFull,
        ErrorCodes.RequestPayloadTooLarge,
        ErrorCodes.ValidationError,
        ErrorCodes.ResponseUnreadable,
        ErrorCodes.ConnectionClosed,
        ErrorCodes.ConnectionLimit,
        ErrorCodes.ConnectionRejected,
        ErrorCodes.StateTokenInvalid,
        ErrorCodes.StateTokenExpired,
        ErrorCodes.StateRecoveryFailed,
        ErrorCodes.StateNotFound,
        ErrorCodes.StateCorrupted,
        ErrorCodes.AuthRequired,
        ErrorCodes.AuthFailed,
        ErrorCodes.AuthExpired,
        ErrorCodes.AuthInvalidToken,
        ErrorCodes.AuthInsufficientScope,
        ErrorCodes.RateLimitExceeded,
        ErrorCodes.RateQuotaExceeded,
        ErrorCodes.ProxyForbidden,
        ErrorCodes.ProxyTimeout,
        ErrorCodes.ProxyError,
        ErrorCodes.InternalError);

    /// <summary>The code itself, or <see cref="EngineMetrics.Other"/> when there are too many already.</summary>
    public string Bound(string code)
    {
        if (Standard.Contains(code) || _others.ContainsKey(code)) return code;
        if (Volatile.Read(ref _count) >= MaxOthers || Interlocked.Increment(ref _count) > MaxOthers) return EngineMetrics.Other;
        _others.TryAdd(code, code);
        return code;
    }
}
