namespace HeliosStarling;

/// <summary>One end of a conversation: an engine, its session, and methods.</summary>
internal sealed class Peer
{
    public Peer(TimeProvider? time = null, OutboxLimits? outbox = null, RequestLimits? limits = null)
    {
        Engine = Engines.Create(time, outbox, limits: limits);
        Session = new TestSession(Engine);
        Bind = new HandlerBinder<TestContext>(Engine, static request => new TestContext(request));
    }

    public Engine Engine { get; }

    public TestSession Session { get; }

    public HandlerBinder<TestContext> Bind { get; }

    /// <summary>Connects two peers.</summary>
    public static (Peer Caller, Peer Callee) Pair(TimeProvider? time = null)
    {
        var (caller, callee) = (new Peer(time), new Peer(time));
        caller.Session.Linked = new LoopConnection(callee.Session);
        callee.Session.Linked = new LoopConnection(caller.Session);
        return (caller, callee);
    }

    /// <summary>Records what this peer sends.</summary>
    public RecordingConnection Record()
    {
        var connection = new RecordingConnection();
        Session.Linked = connection;
        return connection;
    }

    public void Method(string name, Func<TestContext, ValueTask> handler, MethodOptions? options = null) =>
        Engine.Methods.Add(new MethodEntry(name, Bind.Bind(handler).Run, options ?? new MethodOptions()));

    public StarlingRequest<T> Request<T>(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Session.Request<T>(method, payload, options, cancellationToken);
}

internal sealed class TestContext(InboundRequest request) : RequestContextBase(request);
