using System.Net.Security;
using System.Text.Json;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>
/// Options of a Helios server. They are validated at startup: the exception names the option, its value and the allowed range.
/// </summary>
public sealed class HeliosOptions
{
    /// <summary>
    /// How long a disconnected starling is held with its id, data and groups. Messages to it are kept, too, if it has a recovery token to
    /// come back with. Between 1 s and 24 h. Default 5 min.
    /// </summary>
    public TimeSpan DisconnectionTtl { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The secret for signing and encrypting recovery tokens: at least 32 bytes, as bytes or text. Servers with the same key recover each
    /// other's starlings, and a server recovers its own starlings after a restart. Default none: a random key, so tokens are only valid
    /// until the process ends.
    /// </summary>
    public ConnectionKey? ConnectionKey { get; set; }

    /// <summary>
    /// Further keys, for key rotation. Tokens are issued with <see cref="ConnectionKey"/>, or else the first of these, and accepted with
    /// any of them. Default none.
    /// </summary>
    public List<ConnectionKey> ConnectionKeys { get; } = [];

    /// <summary>
    /// Whether recovery tokens are encrypted, so that clients cannot read their states. Tokens of the other kind are refused. Default true.
    /// </summary>
    public bool EncryptStates { get; set; } = true;

    /// <summary>The default lifetime of recovery tokens. Between 1 min and 30 days. Default 1 h.</summary>
    public TimeSpan StateTokenTtl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The maximum number of starlings whose states are saved at the same time. Between 1 and 10,000. Default 100.</summary>
    public int StateGenerationConcurrency { get; set; } = 100;

    /// <summary>
    /// Stores states that are too large for a token, and the ids of starlings that are closed for good. Default the store of the
    /// application's services, else one in memory.
    /// </summary>
    public IStateStore? StateStore { get; set; }

    /// <summary>
    /// The maximum memory for states that are too large for a token, in bytes, while no <see cref="StateStore"/> is set. When it is used
    /// up, a new state replaces the oldest states of the party that has most. A party is a signed-in user, or else an address. If the new
    /// state belongs to that party itself, no token is issued. Between 1 MiB and 1 TiB. Default 64 MiB.
    /// </summary>
    public long MaxStateStoreBytes { get; set; } = InMemoryStateStore.DefaultMaxBytes;

    /// <summary>
    /// Whether a client is served although a handler of <see cref="Helios.OnConnection(Action{Starling})"/> or
    /// <see cref="Helios.OnRecovery(Action{Starling})"/> has thrown. Otherwise its connection is closed with 1011, and the client may
    /// connect again. Default false.
    /// </summary>
    public bool IgnoreConnectionHandlerFailures { get; set; }

    /// <summary>Whether errors of failed requests contain the exception's text. Do not set it in production. Default false.</summary>
    public bool Debug { get; set; }

    /// <summary>
    /// The maximum number of connections. Further ones are refused with 503 <c>CONNECTION_LIMIT</c>. Between 1 and 1,000,000. Default
    /// 10,000. On Linux the limit is lower when the process may not open that many files. The lower limit is logged.
    /// </summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// The maximum number of connections of one address. An IPv6 network of 64 bits counts as one address. Further connections are refused
    /// with 503 <c>CONNECTION_LIMIT</c>. The address is <see cref="UpgradeContext.RemoteAddress"/> after the last filter. Connections
    /// without an address, for example of a Unix socket, are not counted. Between 1 and 1,000,000. Default null: not limited.
    /// </summary>
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>The maximum duration of an opening or closing handshake. Between 100 ms and 5 min. Default 5 s.</summary>
    public TimeSpan ConnectionTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The maximum time to stop the server. Within it, running requests finish, and clients acknowledge their messages and are closed with
    /// 1001. Then the remaining connections are cut. Between 1 s and 5 min. With <c>AddHelios</c> it must be less than the host's
    /// <c>HostOptions.ShutdownTimeout</c> (30 s by default). Default 10 s.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum size of a received message, in bytes. Larger messages are answered with <c>REQUEST_PAYLOAD_TOO_LARGE</c>. Messages of
    /// more than 16 times this size close the connection. Between 1 KiB and 64 MiB. Default 1 MiB.
    /// </summary>
    public int MaxMessageSize { get; set; } = ProtocolLimits.DefaultMaxMessageSize;

    /// <summary>
    /// The maximum number of messages that are kept for a starling: messages that wait to be sent, and, for a client with resume, messages
    /// that it has not acknowledged. Between 64 and 1,000,000. Default 1,000.
    /// </summary>
    public int MessageBufferSize { get; set; } = 1000;

    /// <summary>
    /// The maximum size of the messages that are kept for a starling, in bytes. Between 2 KiB and 2 GiB, and at least twice
    /// <see cref="MaxMessageSize"/>. Default 8 MiB.
    /// </summary>
    public long MessageBufferBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// The policy for a starling's full outbox. Answers are never dropped. Default <see cref="OutboxPolicy.DropOldest"/>.
    /// </summary>
    public OutboxPolicy OutboxPolicy { get; set; } = OutboxPolicy.DropOldest;

    /// <summary>
    /// The maximum memory for all starlings together, in bytes: incomplete messages, payloads of open requests, frames that are queued or
    /// kept, names of groups and keys of <see cref="Starling.Data"/>. A signed-in user, or else an address, gets at most a quarter of the
    /// memory that the others have left, for all its connections together. So no user can take the memory of the others. When memory is
    /// short, starlings without a connection that keep 4 KiB or more are forgotten. Between 16 MiB and 1 TiB, and at least 4 times
    /// <see cref="MaxMessageSize"/>. Default 512 MiB.
    /// </summary>
    public long MaxBufferedBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>
    /// The maximum number of request handlers that run at the same time. Handlers that end before their first await do not count. A
    /// starling gets at most a quarter of the places, and fewer when few places are free, so that others find a place. Between 1 and
    /// 1,000,000. Default 1,000.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 1000;

    /// <summary>
    /// The maximum number of requests that wait for a place to run; as many can wait for a thread. Requests of one starling start in order,
    /// and the starlings take turns. Further requests fail with <c>REQUEST_QUEUE_FULL</c>. A starling's part of the queue is limited like
    /// its part of the places. Between 0 and 1,000,000. Default 10,000.
    /// </summary>
    public int MaxQueuedRequests { get; set; } = 10_000;

    /// <summary>
    /// The maximum number of open requests of one starling, including requests that wait and requests whose handlers run on after their
    /// time limit. As many handlers of its other messages may run. Further requests fail with <c>REQUEST_QUEUE_FULL</c>. Between 1 and
    /// 1,000,000. Default 256.
    /// </summary>
    public int MaxRequestsPerStarling { get; set; } = 256;

    /// <summary>
    /// The maximum size of the payloads of those requests and other messages together, in bytes. Between 1 KiB and 2 GiB, and at least
    /// <see cref="MaxMessageSize"/>. Default 8 MiB.
    /// </summary>
    public long MaxRequestBytesPerStarling { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// The maximum number of handlers registered as <see cref="MethodOptions.Blocking"/> that run at the same time, each on its own thread.
    /// Between 1 and 1,000. Default 32.
    /// </summary>
    public int MaxBlockingThreads { get; set; } = 32;

    /// <summary>The maximum number of groups of a starling. Between 1 and 1,000,000. Default 1,000.</summary>
    public int MaxGroupsPerStarling { get; set; } = 1000;

    /// <summary>The maximum number of values in <see cref="Starling.Data"/>. Between 1 and 1,000,000. Default 1,000.</summary>
    public int MaxDataPerStarling { get; set; } = 1000;

    /// <summary>
    /// The maximum time from the first byte of a message to its last. After it the connection is closed with 1008. Between 1 s and 1 h.
    /// Default 1 min.
    /// </summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The default time limit of request handlers and of requests to starlings. It also limits the greeting of a starling, and each call of
    /// the
    /// <see cref="StateStore"/>. Between 1 ms and 24 h. Default 30 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be silent before it is pinged. Between 1 s and 1 h. Default 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a ping may stay unanswered before the connection is closed with 4008. Between 1 s and 1 h. Default 15 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The rate limits of messages, requests and connections. Default no limits.</summary>
    public RateLimitOptions RateLimits { get; } = new();

    /// <summary>
    /// The origins whose pages may connect, in addition to pages of the same host, for example <c>https://app.example.com</c>.
    /// <c>https://*.example.com</c> allows all subdomains, and <c>*</c> allows all origins. Other origins are refused with 403
    /// <c>CONNECTION_REJECTED</c>, and a warning is logged. Default none.
    /// </summary>
    public List<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// The hosts that are accepted in the <c>Host</c> header. Other hosts are refused with 403 <c>CONNECTION_REJECTED</c>. An entry is a
    /// host with an optional port: <c>app.example.com</c>, <c>app.example.com:8443</c>, <c>*.example.com</c> for all subdomains, or
    /// <c>*</c> for all hosts. Without a port it allows every port. Default none, which allows all hosts. If <c>ListenAsync</c> binds
    /// loopback addresses only, the default lets pages connect only from a host of this machine (<c>localhost</c>, <c>*.localhost</c>,
    /// <c>127.0.0.1</c>, <c>[::1]</c>) or from <see cref="AllowedOrigins"/>.
    /// </summary>
    public List<string> AllowedHosts { get; } = [];

    /// <summary>
    /// The JSON options for payloads. Default: camelCase names; missing or null values of non-nullable members are refused. Add
    /// source-generated contexts to the <see cref="JsonSerializerOptions.TypeInfoResolverChain"/>.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = HeliosJson.CreateOptions();

    /// <summary>
    /// The certificate and TLS settings for <c>ListenAsync</c> with an <c>https</c> address. <c>MapHelios</c> uses the settings of the web
    /// server instead. To renew the certificate, set <see cref="SslServerAuthenticationOptions.ServerCertificate"/> or
    /// <see cref="SslServerAuthenticationOptions.ServerCertificateContext"/> at any time; new connections use it. A
    /// <see cref="SslServerAuthenticationOptions.ServerCertificateSelectionCallback"/> is called for each connection. Default none.
    /// </summary>
    public SslServerAuthenticationOptions? Tls { get; set; }

    /// <summary>
    /// A PEM file with the certificate for <c>ListenAsync</c> with an <c>https</c> address, followed by the intermediate certificates.
    /// While clients connect, the file is read again once a minute, so a renewed certificate is used without a restart. A certificate that
    /// cannot be used is logged, and the previous one stays in use. Default none: the certificate of <see cref="Tls"/>. The other settings
    /// of
    /// <see cref="Tls"/> always apply.
    /// </summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>A PEM file with the unencrypted private key. Default none: the key is in <see cref="TlsCertificateFile"/>.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>
    /// Creates the server's logger. Default the logger factory of the application's services. Without one, warnings and errors are written
    /// to the standard error stream. <c>NullLoggerFactory.Instance</c> logs nothing.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock. Default the system clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The settings of recovery tokens.</summary>
    internal TokenSettings TokenSettings =>
        new([.. ConnectionKey is { } first ? [first] : Array.Empty<ConnectionKey>(), .. ConnectionKeys], StateTokenTtl, EncryptStates);
}
