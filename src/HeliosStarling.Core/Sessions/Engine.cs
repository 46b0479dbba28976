using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>The objects that all sessions of one side share: settings, types, clock, buffer pool and metrics.</summary>
internal sealed class Engine
{
    private const int FlushesPerTurn = 64;

    private readonly ConcurrentDictionary<Type, TypeRules?> _rules = new();

    /// <param name="time">The clock.</param>
    /// <param name="maxBufferedBytes">The maximum number of buffered bytes for all peers together. Default: no limit.</param>
    /// <param name="metrics">The metrics. Their creator disposes of them. Default: the metrics of a server.</param>
    public Engine(TimeProvider time, long maxBufferedBytes = long.MaxValue, EngineMetrics? metrics = null)
    {
        (Time, Buffers, Metrics) = (time, new BufferPool(maxBufferedBytes), metrics ?? new EngineMetrics("server"));
        Encoder = new FrameEncoder(Buffers, time);
    }

    public TimeProvider Time { get; }
    /// <summary>The JSON metadata of types.</summary>
    public required JsonTypes Types { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Where the faults of handlers are logged.</summary>
    [field: MaybeNull]
    public HandlerLog HandlerLog => field ?? LazyInitializer.EnsureInitialized(ref field, () => new HandlerLog(Logger, Time));

    public required OutboxLimits Outbox { get; init; }
    public required TimeSpan RequestTimeout { get; init; }
    public required int MaxMessageSize { get; init; }

    /// <summary>The lanes in which requests of the peers run.</summary>
    public Lanes Lanes { get; init; } = new(new RequestLimits());

    /// <summary>Indicates whether exception texts are sent to the peer.</summary>
    public bool Debug { get; init; }

    /// <summary>
    /// Indicates whether the peer is a server. Invalid messages of a server are logged as warnings. Those of clients are not, because a
    /// client could fill the log.
    /// </summary>
    public bool IsPeerServer { get; init; }

    public BufferPool Buffers { get; }
    public FrameEncoder Encoder { get; }

    /// <summary>
    /// The connections that must send broadcasts. The sender of a broadcast does not write to sockets. All broadcasts that are queued until
    /// a connection has its turn are sent in one write.
    /// </summary>
    public CoreBoundQueue<Connection> Flushes { get; } = new(FlushesPerTurn, static connection => connection.FlushDeferred());

    public EngineMetrics Metrics { get; }

    /// <summary>Returns the validation rules for values of a type that the peer sends; null when there are none.</summary>
    /// <exception cref="InvalidOperationException">The type has rules that cannot be checked. The message says what to do.</exception>
    public TypeRules? RulesOf(JsonTypeInfo type) => _rules.GetOrAdd(type.Type, static (_, type) => RulesBuilder.Build(type), type);

    /// <summary>Logs that the data of a notification does not match the type that its handler expects.</summary>
    public void LogUnreadable(string topic, IReadOnlyList<ValidationError> errors)
    {
        if (IsPeerServer) Logger.NotificationUnreadable(topic, errors.Count);
        else Logger.NotificationRefused(topic, errors.Count);
    }

    /// <summary>Returns the JSON metadata of a type.</summary>
    /// <exception cref="InvalidOperationException">There is no JSON metadata for the type. The message says what to do.</exception>
    public JsonTypeInfo<T> TypeInfo<T>() => Types.Of<T>();

    /// <inheritdoc cref="TypeInfo{T}"/>
    public JsonTypeInfo TypeInfo(Type type) => Types.Of(type);
}
