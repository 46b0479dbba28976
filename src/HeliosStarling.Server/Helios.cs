using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A Helios server: its methods, topics, starlings and events. Use <see cref="Create"/> and
/// <see cref="ListenAsync(int, CancellationToken)"/>, or <c>AddHelios</c> and <c>MapHelios</c> in an ASP.NET Core application.
/// </summary>
/// <remarks>Safe to use concurrently. Handlers may be registered while the server runs.</remarks>
public sealed partial class Helios
    : HandlerHost<RequestContext, TopicContext, Delegate>,
        IMessageListener<TextContext, JsonContext, BinaryContext, ErrorContext>,
        IAsyncDisposable
{
    internal Helios(HeliosOptions options, IServiceProvider services, string name = "")
    {
        HeliosOptionsValidator.ThrowIfInvalid(options);
        Node = new Node(this, options, services, name, () => Connections!.HasStopped, () => Connections!.IsStopping);
        Registry = new HandlerRegistry<RequestContext, TopicContext>(
            Node.Dispatcher,
            new HandlerBinder<RequestContext>(Engine, RequestContext.Of, parameter => InjectedArguments.Find(parameter, services)),
            new TopicPipeline<TopicContext>(TopicContext.Of, sendsRefusals: true));
        Connections = new Connections(Node);
        Gate = new UpgradeGate(Node, Connections);
        Renewal = new TicketRenewal(Node);
        ListenerHost = new ListenerHost(Node, Connections, Gate, new LeanTls(options, Engine), this);
        ServerGauges.Register(Node, Connections);
        BuiltInMethods.Register(Node, Renewal);
    }

    /// <summary>Creates a server without a host.</summary>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="services">The services for handlers, and the server's logger. Default none: warnings and errors, for example exceptions
    /// of handlers, are written to the standard error stream unless <see cref="HeliosOptions.LoggerFactory"/> is set.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range. The message contains the
    /// option, its value and the range.</exception>
    public static Helios Create(Action<HeliosOptions>? configure = null, IServiceProvider? services = null)
    {
        var options = new HeliosOptions();
        configure?.Invoke(options);
        return new Helios(options, services ?? EmptyServices.Instance);
    }

    /// <summary>The events of the starlings of this node.</summary>
    public EventHub<HeliosEvent> Events => Node.Events;

    /// <summary>The starlings of this node, with groups and broadcasts.</summary>
    public Starlings Starlings => Node.Starlings;

    /// <summary>The states that each starling has.</summary>
    public SharedStates States => Node.States;

    /// <summary>The name and version of the protocol.</summary>
    public ProtocolInfo ProtocolInfo => new(HeliosProtocol.Name, HeliosProtocol.Version, Engine.Time.GetUtcNow());

    /// <summary>The services that all parts of the server share.</summary>
    internal Node Node { get; }

    internal Engine Engine => Node.Engine;

    internal HeliosOptions Options => Node.Options;

    /// <summary>The connections of the server.</summary>
    internal Connections Connections { get; }

    /// <summary>Accepts or refuses upgrade requests.</summary>
    internal UpgradeGate Gate { get; }

    internal TicketRenewal Renewal { get; }

    internal ListenerHost ListenerHost { get; }

    internal override HandlerRegistry<RequestContext, TopicContext> Registry { get; }

    MessageHandlers<TextContext, JsonContext, BinaryContext, ErrorContext>
        IMessageListener<TextContext, JsonContext, BinaryContext, ErrorContext>.Messages =>
        Node.Messages;

    /// <summary>
    /// Stops the server. It accepts no further connections, lets running requests finish, waits for clients to acknowledge their messages,
    /// closes all connections with 1001, reports unconfirmed messages (<see cref="StarlingUnconfirmed"/>) and forgets all starlings. This
    /// takes at most <see cref="HeliosOptions.ShutdownTimeout"/>. Further calls wait for the first one.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await Connections.DisposeAsync().ConfigureAwait(false);
        Engine.Metrics.Dispose();
    }
}
