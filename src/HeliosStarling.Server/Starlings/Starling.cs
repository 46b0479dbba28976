using System.Security.Claims;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client as the server knows it: it outlives its connections.</summary>
/// <remarks>Safe to use concurrently. Messages leave in call order.</remarks>
public sealed class Starling
{
    private readonly Lock _lock = new();
    private HashSet<string>? _groups;
    private bool _isGone;
    private bool _isClosedForGood;

    internal Starling(Helios helios, ClaimsPrincipal user)
    {
        (Helios, User) = (helios, user);
        Session = new StarlingSession(helios, this);
    }

    /// <summary>The id, unique and unguessable.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>The server it belongs to.</summary>
    public Helios Helios { get; }

    /// <summary>Who connected; anonymous unless the endpoint authenticates.</summary>
    public ClaimsPrincipal User { get; }

    /// <summary>Whether it has a connection now.</summary>
    public bool IsConnected => Session.Connection is { IsOpen: true };

    /// <summary>What the application keeps with it.</summary>
    public StarlingData Data { get; } = new();

    /// <summary>The groups it is in.</summary>
    public IReadOnlyCollection<string> Groups
    {
        get { lock (_lock) return _groups is null ? [] : [.. _groups]; }
    }

    internal StarlingSession Session { get; }

    /// <summary>Whether the application closed it for good: it is not held.</summary>
    internal bool IsClosedForGood => Volatile.Read(ref _isClosedForGood);

    /// <summary>Sends a notification.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="cancellationToken">Ends the wait for room; the message is queued all the same.</param>
    /// <returns>Completes when there is room for the next message.</returns>
    /// <exception cref="ArgumentException">The topic is malformed.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default)
    {
        var engine = Session.Engine;
        return Session.SendDirectAsync(engine.Encoder.Notification(topic, new SerializedJson<T>(data, engine.TypeInfo<T>())), cancellationToken);
    }

    /// <summary>Sends plain text, which is no protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Text(text), cancellationToken);

    /// <summary>Sends UTF-8 text, such as JSON of the application's own, which is no protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    public ValueTask<SendResult> SendTextAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Text(utf8.Span), cancellationToken);

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Binary(data.Span), cancellationToken);

    /// <summary>Asks the client to run a method of its own. Await the result for its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null leaves the payload out.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the client and ends the wait.</param>
    /// <exception cref="ArgumentException">The name is malformed.</exception>
    public StarlingRequest<TResult> Request<TResult>(string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Session.Request<TResult>(method, payload, options, cancellationToken);

    /// <summary>Joins a group.</summary>
    /// <returns>False when it was in it already, or is gone for good.</returns>
    public bool Join(string group)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        lock (_lock)
        {
            if (_isGone || !(_groups ??= new HashSet<string>(StringComparer.Ordinal)).Add(group)) return false;
            Helios.Starlings.Join(group, this);
            return true;
        }
    }

    /// <summary>Leaves a group.</summary>
    /// <returns>False when it was not in it.</returns>
    public bool Leave(string group)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        lock (_lock)
        {
            if (_groups is null || !_groups.Remove(group)) return false;
            Helios.Starlings.Leave(group, this);
            return true;
        }
    }

    /// <summary>
    /// Closes the connection, behind all that is queued. With 4002, the default, the starling is gone for good; with another code it is
    /// held as after any disconnect.
    /// </summary>
    /// <param name="code">1000, 1001, 1008, 1011 or 3000 to 4999. Default 4002.</param>
    /// <param name="reason">At most 123 bytes as UTF-8; longer ones are cut. Default none.</param>
    /// <returns>Completes at once; <c>starling:disconnected</c> follows when the connection has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent.</exception>
    public ValueTask CloseAsync(int code = CloseCode.ClosedForGood, string? reason = null)
    {
        if (code is not (1000 or 1001 or 1008 or 1011 or (>= 3000 and <= 4999)))
            throw new ArgumentOutOfRangeException(nameof(code), code, "Close with 1000, 1001, 1008, 1011 or 3000 to 4999.");
        if (code == CloseCode.ClosedForGood) Volatile.Write(ref _isClosedForGood, true);
        if (Session.Connection is { } connection) connection.BeginClose(code, reason ?? "");
        else if (IsClosedForGood) Remove();
        return default;
    }

    /// <summary>Forgets the starling: its groups, requests and outbox.</summary>
    internal void Remove()
    {
        lock (_lock)
        {
            _isGone = true;
            foreach (var group in _groups ?? []) Helios.Starlings.Leave(group, this);
            _groups = null;
        }
        Helios.Starlings.Remove(this);
        Session.Close();
    }
}
