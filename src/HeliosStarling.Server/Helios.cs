using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A Helios server: its methods, topics, starlings and events. Make one with <see cref="Create"/> and
/// <see cref="ListenAsync(int, CancellationToken)"/>, or with <c>AddHelios</c> and <c>MapHelios</c> in an ASP.NET Core application.
/// </summary>
/// <remarks>Safe to use concurrently; handlers may be registered while connections run.</remarks>
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

    /// <summary>Makes a server that stands on its own.</summary>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="services">Where handlers get services and the server gets its logger from. Default none: warnings and errors, such as
    /// exceptions of handlers, go to the standard error stream, unless <see cref="HeliosOptions.LoggerFactory"/> is set.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range; the message says which, its
    /// value and the range.</exception>
    public static Helios Create(Action<HeliosOptions>? configure = null, IServiceProvider? services = null)
    {
        var options = new HeliosOptions();
        configure?.Invoke(options);
        return new Helios(options, services ?? EmptyServices.Instance);
    }

    /// <summary>What happens to the starlings of this node.</summary>
    public EventHub<HeliosEvent> Events => Node.Events;

    /// <summary>The starlings of this node, groups and broadcasts.</summary>
    public Starlings Starlings => Node.Starlings;

    /// <summary>The states that every starling has.</summary>
    public SharedStates States => Node.States;

    /// <summary>Which protocol is spoken.</summary>
    public ProtocolInfo ProtocolInfo => new(HeliosProtocol.Name, HeliosProtocol.Version, Engine.Time.GetUtcNow());

    /// <summary>What all rooms of the server share.</summary>
    internal Node Node { get; }

    internal Engine Engine => Node.Engine;

    internal HeliosOptions Options => Node.Options;

    /// <summary>Runs the connections.</summary>
    internal Connections Connections { get; }

    /// <summary>Decides which requests come in.</summary>
    internal UpgradeGate Gate { get; }

    internal TicketRenewal Renewal { get; }

    internal ListenerHost ListenerHost { get; }

    internal override HandlerRegistry<RequestContext, TopicContext> Registry { get; }

    MessageHandlers<TextContext, JsonContext, BinaryContext, ErrorContext>
        IMessageListener<TextContext, JsonContext, BinaryContext, ErrorContext>.Messages =>
        Node.Messages;

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
