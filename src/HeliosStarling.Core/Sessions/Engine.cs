using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>What all sessions of one side share: settings, types, clock, pool, metrics.</summary>
internal sealed class Engine
{
    private const int FlushesPerTurn = 64;

    private readonly ConcurrentDictionary<Type, TypeRules?> _rules = new();

    /// <param name="time">The clock.</param>
    /// <param name="maxBufferedBytes">How many bytes wait in memory for all peers together, at most. Default any number.</param>
    /// <param name="metrics">The metrics; their creator disposes of them. Default a meter of a server.</param>
    public Engine(TimeProvider time, long maxBufferedBytes = long.MaxValue, EngineMetrics? metrics = null)
    {
        (Time, Buffers, Metrics) = (time, new BufferPool(maxBufferedBytes), metrics ?? new EngineMetrics("server"));
        Encoder = new FrameEncoder(Buffers, time);
    }

    public TimeProvider Time { get; }
    /// <summary>How types are read and written.</summary>
    public required JsonTypes Types { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Where the faults of handlers are logged.</summary>
    [field: MaybeNull]
    public HandlerLog HandlerLog => field ?? LazyInitializer.EnsureInitialized(ref field, () => new HandlerLog(Logger, Time));

    public required OutboxLimits Outbox { get; init; }
    public required TimeSpan RequestTimeout { get; init; }
    public required int MaxMessageSize { get; init; }

    /// <summary>Where the peer's requests run.</summary>
    public Lanes Lanes { get; init; } = new(new RequestLimits());

    /// <summary>Whether exception texts travel.</summary>
    public bool Debug { get; init; }

    /// <summary>
    /// Whether the peer is a server. What a server sends wrong is warned of; a client could fill the log with such warnings.
    /// </summary>
    public bool IsPeerServer { get; init; }

    public BufferPool Buffers { get; }
    public FrameEncoder Encoder { get; }

    /// <summary>
    /// The connections that have something to send from a broadcast. The sender of a broadcast writes to no socket, and everything that is
    /// broadcast until a connection's turn comes leaves in one write.
    /// </summary>
    public CoreBoundQueue<Connection> Flushes { get; } = new(FlushesPerTurn, static connection => connection.FlushDeferred());

    public EngineMetrics Metrics { get; }

    /// <summary>What the values of a type that the peer sends must keep to; null for nothing.</summary>
    /// <exception cref="InvalidOperationException">There are rules that cannot be followed; the message says what to do.</exception>
    public TypeRules? RulesOf(JsonTypeInfo type) => _rules.GetOrAdd(type.Type, static (_, type) => RulesBuilder.Build(type), type);

    /// <summary>Logs that the data of a notification of the peer is not what its handler takes.</summary>
    public void LogUnreadable(string topic, IReadOnlyList<ValidationError> errors)
    {
        if (IsPeerServer) Logger.NotificationUnreadable(topic, errors.Count);
        else Logger.NotificationRefused(topic, errors.Count);
    }

    /// <summary>How a type is read and written.</summary>
    /// <exception cref="InvalidOperationException">Nothing describes the type; the message says what to do.</exception>
    public JsonTypeInfo<T> TypeInfo<T>() => Types.Of<T>();

    /// <inheritdoc cref="TypeInfo{T}"/>
    public JsonTypeInfo TypeInfo(Type type) => Types.Of(type);
}
