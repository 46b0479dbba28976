using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>What all sessions of one side share: methods, topics, settings, clock, pool.</summary>
internal sealed class Engine
{
    private const int FlushesPerTurn = 64;

    private readonly ConcurrentDictionary<Type, TypeRules?> _rules = new();

    /// <param name="time">The clock.</param>
    /// <param name="maxBufferedBytes">How many bytes wait in memory for all peers together, at most. Default any number.</param>
    /// <param name="metrics">What is measured; whoever made it disposes of it. Default a meter of a server.</param>
    public Engine(TimeProvider time, long maxBufferedBytes = long.MaxValue, EngineMetrics? metrics = null)
    {
        (Time, Buffers, Metrics) = (time, new BufferPool(maxBufferedBytes), metrics ?? new EngineMetrics("server"));
        Encoder = new FrameEncoder(Buffers, time);
    }

    public TimeProvider Time { get; }
    public required JsonSerializerOptions Json { get; init; }
    public required ILogger Logger { get; init; }
    public required OutboxLimits Outbox { get; init; }
    public required TimeSpan RequestTimeout { get; init; }
    public required int MaxMessageSize { get; init; }

    /// <summary>Where the peer's requests run.</summary>
    public Lanes Lanes { get; init; } = new(new RequestLimits());

    /// <summary>Whether exception texts travel.</summary>
    public bool Debug { get; init; }

    /// <summary>Whether the peer is a server. What a server sends wrong is warned of; a client could fill the log with such warnings.</summary>
    public bool IsPeerServer { get; init; }

    public BufferPool Buffers { get; }
    public FrameEncoder Encoder { get; }

    /// <summary>
    /// Where connections wait that a broadcast has left something to send to: whoever broadcasts writes to nobody, and what is broadcast until a
    /// connection's turn comes leaves in one write.
    /// </summary>
    public TurnLine<Connection> Flushes { get; } = new(FlushesPerTurn, static connection => connection.FlushPutOff());

    public Methods Methods { get; init; } = new();
    public Topics Topics { get; init; } = new();

    /// <summary>What runs around every method's handler.</summary>
    public AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    public EngineMetrics Metrics { get; }

    /// <summary>What the values of a type that the peer sends must keep to; null for nothing.</summary>
    /// <exception cref="InvalidOperationException">There are rules that cannot be followed; the message says what to do.</exception>
    public TypeRules? RulesOf(JsonTypeInfo type) => _rules.GetOrAdd(type.Type, static (_, type) => RulesBuilder.Build(type), type);

    /// <summary>Reads and validates what a handler takes.</summary>
    /// <param name="takesNull">Whether the handler takes null for what is missing.</param>
    /// <param name="contextOf">Makes the context whose services rules may ask for. Default: there are none.</param>
    /// <param name="absent">What stands for a value that is not there. Default: it is read as null.</param>
    /// <exception cref="InvalidOperationException">Nothing describes the type, or nothing can be read into it; the message says what to do.</exception>
    public PayloadReader<T> ReaderOf<T>(bool takesNull = false, Func<InboundRequest, RequestContextBase>? contextOf = null, Func<T?>? absent = null)
    {
        var type = TypeInfo<T>();
        if (!takesNull) Abstractions.ThrowIfUnreadable(type);
        return new PayloadReader<T>(type, RulesOf(type), takesNull, contextOf, absent);
    }

    /// <summary>Logs that the data of a notification of the peer is not what its handler takes.</summary>
    public void LogUnreadable(string topic, IReadOnlyList<ValidationError> errors)
    {
        if (IsPeerServer) Logger.NotificationUnreadable(topic, errors.Count);
        else Logger.NotificationRefused(topic, errors.Count);
    }

    /// <summary>How a type is read and written.</summary>
    /// <exception cref="InvalidOperationException">Nothing describes the type; the message says what to do.</exception>
    public JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)TypeInfo(typeof(T));

    /// <inheritdoc cref="TypeInfo{T}"/>
    public JsonTypeInfo TypeInfo(Type type)
    {
        JsonTypeInfo info;
        try
        {
            info = Json.GetTypeInfo(type);
        }
        catch (NotSupportedException exception)
        {
            throw new InvalidOperationException(
                TypeNames.IsAnonymous(type)
                    ? "There is no JSON metadata for an anonymous type, and there cannot be. Use a record, add [JsonSerializable(typeof(TheRecord))] to a JsonSerializerContext and that context to Json.TypeInfoResolverChain of the options."
                    : $"No JSON metadata for type '{type}'. Add [JsonSerializable(typeof({TypeNames.Of(type)}))] to a JsonSerializerContext and that context to Json.TypeInfoResolverChain of the options.",
                exception);
        }
        if (type.IsValueType) Tuples.ThrowIfEmpty(info);
        return info;
    }
}
