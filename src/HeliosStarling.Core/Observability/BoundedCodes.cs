using System.Collections.Concurrent;
using System.Collections.Frozen;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Limits the number of error codes in metrics: all codes of the protocol, and a fixed number of others. Peers can invent codes, and each
/// value of a tag is kept until the process ends.
/// </summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class BoundedCodes
{
    /// <summary>The maximum number of codes that the protocol does not define.</summary>
    internal const int MaxOthers = 100;

    private readonly ConcurrentDictionary<string, string> _others = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The codes that the protocol defines.</summary>
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

    /// <summary>Returns the code, or <see cref="EngineMetrics.Other"/> when there are too many other codes already.</summary>
    public string Bound(string code)
    {
        if (Standard.Contains(code) || _others.ContainsKey(code)) return code;
        if (Volatile.Read(ref _count) >= MaxOthers || Interlocked.Increment(ref _count) > MaxOthers) return EngineMetrics.Other;
        _others.TryAdd(code, code);
        return code;
    }
}
