using System.Diagnostics.Metrics;
using HeliosStarling.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>
/// A Helios server: its methods, topics, starlings and events. Make one with <see cref="Create"/> and
/// <see cref="ListenAsync(int, CancellationToken)"/>, or with <c>AddHelios</c> and <c>MapHelios</c> in an ASP.NET Core application.
/// </summary>
/// <remarks>Safe to use concurrently; handlers may be registered while connections run.</remarks>
public sealed partial class Helios
    : HandlerHost<RequestContext, TopicContext, Delegate>, IMessageListener<TextContext, JsonContext, BinaryContext, ErrorContext>, IAsyncDisposable
{
    private const string Category = "HeliosStarling.Helios";

    internal Helios(HeliosOptions options, IServiceProvider services, string name = "")
    {
        HeliosOptionsValidator.ThrowIfInvalid(options);
        (Options, Services) = (options, services);
        var logger = (options.LoggerFactory ?? services.GetService<ILoggerFactory>())?.CreateLogger(Category) ?? new ErrorOutputLogger(Category);
        var guard = Guard = new RegistrationGuard(nameof(Helios), "The server has stopped, so that no handler would be called any more. Create another one.", () => Connections!.HasStopped);
        Engine = new Engine(options.TimeProvider, options.MaxBufferedBytes, new EngineMetrics("server", name, services.GetService<IMeterFactory>()))
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
        Dispatcher = new Dispatcher(Engine, guard, services);
        Registry = new HandlerRegistry<RequestContext, TopicContext>(
            Dispatcher,
            new HandlerBinder<RequestContext>(Engine, RequestContext.Of, parameter => GivenArguments.Find(parameter, services)),
            new TopicPipeline<TopicContext>(TopicContext.Of, sendsRefusals: true));
        Starlings = new Starlings(Engine);
        Events = new EventHub<HeliosEvent>(logger, guard);
        States = new SharedStates(Engine, options.StateGenerationConcurrency);
        Tokens = new RecoveryTokens(options, options.StateStore ?? services.GetService<IStateStore>() ?? new InMemoryStateStore(options.TimeProvider, options.MaxStateStoreBytes), Engine)
        {
            IsKnown = id => Starlings.TryGet(id, out _),
        };
        RateLimits = new RateLimits(options.RateLimits, options.TimeProvider);
        Connections = new Connections(this);
        Gate = new UpgradeGate(this);
        Messages = new MessageHandlers<TextContext, JsonContext, BinaryContext, ErrorContext>(logger, guard)
        {
            Text = new(logger, "text", static (context, refusal) => context.Starling.Session.SendError(refusal), guard),
            Json = new(logger, "json", static (context, refusal) => context.Starling.Session.SendError(refusal), guard),
            Binary = new(logger, "binary", static (context, refusal) => context.Starling.Session.SendError(refusal), guard),
            // An error message is never answered (docs/protocol.md section 4).
            Error = new(logger, "error", static (_, _) => { }, guard),
        };
        Tls = new LeanTls(options, Engine);
        (ConnectionHandlers, DisconnectionHandlers) = (new(logger, "connection", guard: guard), new(logger, "disconnection", guard: guard));
        RecoveryHandlers = new(logger, "recovery", guard: guard);
        Renewal = new TicketRenewal(this);
        Metrics = new ServerMetrics(Engine.Metrics.Meter);
        ServerGauges.Register(this);
        BuiltInMethods.Register(this);
    }

    /// <summary>Makes a server that stands on its own.</summary>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="services">Where handlers get services and the server gets its logger from. Default none: warnings and errors, such as exceptions
    /// of handlers, go to the standard error stream, unless <see cref="HeliosOptions.LoggerFactory"/> is set.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range; the message says which, its
    /// value and the range.</exception>
    public static Helios Create(Action<HeliosOptions>? configure = null, IServiceProvider? services = null)
    {
        var options = new HeliosOptions();
        configure?.Invoke(options);
        return new Helios(options, services ?? EmptyServices.Instance);
    }

    /// <summary>What happens to the starlings of this node.</summary>
    public EventHub<HeliosEvent> Events { get; }

    /// <summary>The starlings of this node, groups and broadcasts.</summary>
    public Starlings Starlings { get; }

    /// <summary>The states that every starling has.</summary>
    public SharedStates States { get; }

    /// <summary>Which protocol is spoken.</summary>
    public ProtocolInfo ProtocolInfo => new(HeliosProtocol.Name, HeliosProtocol.Version, Engine.Time.GetUtcNow());

    /// <summary>Refuses handlers and filters that come too late.</summary>
    internal RegistrationGuard Guard { get; }

    internal HeliosOptions Options { get; }

    internal IServiceProvider Services { get; }

    internal Engine Engine { get; }

    internal Dispatcher Dispatcher { get; }

    internal ServerMetrics Metrics { get; }

    internal RecoveryTokens Tokens { get; }

    internal Connections Connections { get; }

    internal RateLimits RateLimits { get; }

    internal UpgradeGate Gate { get; }

    internal TicketRenewal Renewal { get; }

    internal LeanTls Tls { get; }

    internal AppendList<Func<Starling, Func<ValueTask>, ValueTask>> ConnectionFilters { get; } = new();

    internal override HandlerRegistry<RequestContext, TopicContext> Registry { get; }

    internal MessageHandlers<TextContext, JsonContext, BinaryContext, ErrorContext> Messages { get; }

    MessageHandlers<TextContext, JsonContext, BinaryContext, ErrorContext> IMessageListener<TextContext, JsonContext, BinaryContext, ErrorContext>.Messages => Messages;

    internal HandlerList<Starling> ConnectionHandlers { get; }

    internal HandlerList<Starling> RecoveryHandlers { get; }

    internal HandlerList<(Starling Starling, string Reason)> DisconnectionHandlers { get; }

    /// <summary>
    /// Stops: takes no connection any more, lets running requests finish, waits for clients to acknowledge what they were sent, closes all
    /// connections with 1001, reports what was not confirmed (<see cref="StarlingUnconfirmed"/>), and forgets all starlings. Takes
    /// <see cref="HeliosOptions.ShutdownTimeout"/> at most. A further call waits for the first.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await Connections.DisposeAsync().ConfigureAwait(false);
        Engine.Metrics.Dispose();
    }
}
