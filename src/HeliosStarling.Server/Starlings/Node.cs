using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>A server process: its starlings and its shared services.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class Node
{
    private const string Category = "HeliosStarling.Helios";

    private readonly Lazy<ClusterSeams> _cluster;
    private readonly Func<bool> _isStopping;

    /// <param name="helios">The application's view of the node.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="services">The services for handlers.</param>
    /// <param name="name">The name of the server in metrics.</param>
    /// <param name="hasStopped">Whether the server has stopped. It then refuses registrations, because handlers are not called any
    /// more.</param>
    /// <param name="isStopping">Whether the server stops or has stopped.</param>
    public Node(
        Helios helios, HeliosOptions options, IServiceProvider services, string name, Func<bool> hasStopped, Func<bool> isStopping)
    {
        _isStopping = isStopping;
        (Helios, Options, Services) = (helios, options, services);
        Logger = (options.LoggerFactory ?? services.GetService<ILoggerFactory>())?.CreateLogger(Category)
            ?? new ErrorOutputLogger(Category);
        Guard = new RegistrationGuard(
            nameof(Helios), "The server has stopped, so that no handler would be called any more. Create another one.", hasStopped);
        Engine = MakeEngine(options, new EngineMetrics("server", name, services.GetService<IMeterFactory>()), Logger);
        (GreetingWarnings, TokenWarnings) = (new WarningLimit(Engine.Time), new WarningLimit(Engine.Time));
        Dispatcher = new Dispatcher(Engine, Guard, services);
        Metrics = new ServerMetrics(Engine.Metrics.Meter);
        RateLimits = new RateLimits(options.RateLimits, options.TimeProvider);
        Starlings = new Starlings(Engine);
        _cluster = new Lazy<ClusterSeams>(() => new InMemoryCluster(Engine.Time, Engine.Buffers).AddNode().Seams);
        Events = new EventHub<HeliosEvent>(Engine.HandlerLog, Guard);
        States = new SharedStates(Engine, options.StateGenerationConcurrency);
        Tokens = new RecoveryTokens(options.TokenSettings, options.StateStore
            ?? services.GetService<IStateStore>()
            ?? new InMemoryStateStore(options.TimeProvider, options.MaxStateStoreBytes), Engine)
        {
            IsKnown = id => Starlings.TryGet(id, out _),
        };
        Held = new HeldStarlings(Engine.Time, options.DisconnectionTtl, options.MaxConnections);
        Relief = new MemoryRelief(Held, Engine.Buffers, Logger, Engine.Time);
        Parties = new Parties(Engine.Buffers, Relief.Ask);
        Messages = new MessageHandlers<TextContext, JsonContext, BinaryContext, ErrorContext>(Engine.HandlerLog, Guard)
        {
            Text = new(Engine.HandlerLog, "OnText", static (context, refusal) => context.Starling.Session.SendError(refusal), Guard),
            Json = new(Engine.HandlerLog, "OnJson", static (context, refusal) => context.Starling.Session.SendError(refusal), Guard),
            Binary = new(Engine.HandlerLog, "OnBinary", static (context, refusal) => context.Starling.Session.SendError(refusal), Guard),
            // An error message is never answered (docs/protocol.md section 4).
            Error = new(Engine.HandlerLog, "OnError", static (_, _) => { }, Guard),
        };
        ConnectionHandlers = new(Engine.HandlerLog, "OnConnection", guard: Guard);
        DisconnectionHandlers = new(Engine.HandlerLog, "OnDisconnection", guard: Guard);
        RecoveryHandlers = new(Engine.HandlerLog, "OnRecovery", guard: Guard);
    }

    /// <summary>The application's view of the node, for handlers that take it as a parameter.</summary>
    public Helios Helios { get; }

    public HeliosOptions Options { get; }

    public IServiceProvider Services { get; }

    public ILogger Logger { get; }

    /// <summary>Limits the warnings about greetings that fail or take too long.</summary>
    public WarningLimit GreetingWarnings { get; }

    /// <summary>Limits the warnings about tokens that cannot be issued.</summary>
    public WarningLimit TokenWarnings { get; }

    /// <summary>Indicates whether the server stops or has stopped.</summary>
    public bool IsStopping => _isStopping();

    /// <summary>Refuses handlers and filters after the server has stopped.</summary>
    public RegistrationGuard Guard { get; }

    public Engine Engine { get; }

    public Dispatcher Dispatcher { get; }

    public ServerMetrics Metrics { get; }

    public RateLimits RateLimits { get; }

    /// <summary>The starlings of this node, connected and held.</summary>
    public Starlings Starlings { get; }

    /// <summary>The starlings of this node that have no connection.</summary>
    public HeldStarlings Held { get; }

    /// <summary>Forgets held starlings when memory is short.</summary>
    public MemoryRelief Relief { get; }

    /// <summary>The parties that memory is counted for.</summary>
    public Parties Parties { get; }

    /// <summary>The seams to other nodes. They are in memory, so the node stands alone. Created at first use.</summary>
    public ClusterSeams Cluster => _cluster.Value;

    public SharedStates States { get; }

    public RecoveryTokens Tokens { get; }

    public EventHub<HeliosEvent> Events { get; }

    /// <summary>The handlers of messages other than requests and notifications.</summary>
    public MessageHandlers<TextContext, JsonContext, BinaryContext, ErrorContext> Messages { get; }

    /// <summary>The filters around the greeting of a new starling.</summary>
    public AppendList<Func<Starling, Func<ValueTask>, ValueTask>> ConnectionFilters { get; } = new();

    public HandlerList<Starling> ConnectionHandlers { get; }

    public HandlerList<Starling> RecoveryHandlers { get; }

    public HandlerList<(Starling Starling, string Reason)> DisconnectionHandlers { get; }

    private static Engine MakeEngine(HeliosOptions options, EngineMetrics metrics, ILogger logger) => new(
        options.TimeProvider, options.MaxBufferedBytes, metrics)
    {
        Types = new JsonTypes(HeliosJson.Freeze(options.Json)),
        Logger = logger,
        Outbox = new OutboxLimits(options.MessageBufferSize, options.MessageBufferBytes, options.OutboxPolicy),
        RequestTimeout = options.RequestTimeout,
        MaxMessageSize = options.MaxMessageSize,
        Debug = options.Debug,
        Lanes = new Lanes(new RequestLimits
        {
            Concurrent = options.MaxConcurrentRequests,
            Queued = options.MaxQueuedRequests,
            BlockingThreads = options.MaxBlockingThreads,
            PerPeer = options.MaxRequestsPerStarling,
            BytesPerPeer = options.MaxRequestBytesPerStarling,
        }),
    };
}
