using System.Net.Security;
using System.Text.Json;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>
/// How a Helios server runs. Checked at the start: a bad value stops it with the option's name, its value and the allowed range.
/// </summary>
public sealed class HeliosOptions
{
    /// <summary>
    /// How long a disconnected starling is held, with its id, data and groups, and what is sent to it meanwhile if it has a recovery token
    /// to come back with. Between 1 s and 24 h. Default 5 min.
    /// </summary>
    public TimeSpan DisconnectionTtl { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The secret that recovery tokens are signed and encrypted with: at least 32 bytes, as bytes or text. Servers that share it recover
    /// each other's starlings, and a server its own after a restart. Default none: a random one, so that tokens die with the process.
    /// </summary>
    public ConnectionKey? ConnectionKey { get; set; }

    /// <summary>
    /// Further keys, for rotation: tokens are made with <see cref="ConnectionKey"/>, else with the first of these, and good with any.
    /// Default none.
    /// </summary>
    public List<ConnectionKey> ConnectionKeys { get; } = [];

    /// <summary>
    /// Whether recovery tokens are encrypted, so that a client cannot read its states. Tokens of the other kind are refused. Default true.
    /// </summary>
    public bool EncryptStates { get; set; } = true;

    /// <summary>How long a recovery token is good, unless told otherwise. Between 1 min and 30 days. Default 1 h.</summary>
    public TimeSpan StateTokenTtl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many starlings' states are saved at a time; the others wait. Between 1 and 10,000. Default 100.</summary>
    public int StateGenerationConcurrency { get; set; } = 100;

    /// <summary>
    /// Keeps states that are too large for a token, and which starlings are closed for good. Default what <c>services</c> has, else one in
    /// memory.
    /// </summary>
    public IStateStore? StateStore { get; set; }

    /// <summary>
    /// How many bytes the states that are too large for a token take together in memory, while no <see cref="StateStore"/> is set. When the
    /// store is full, a new state replaces the oldest states of the party that has most. A party is a signed-in user, or else an address.
    /// The token fails when the new state belongs to that party itself. Between 1 MiB and 1 TiB. Default 64 MiB.
    /// </summary>
    public long MaxStateStoreBytes { get; set; } = InMemoryStateStore.DefaultMaxBytes;

    /// <summary>
    /// Whether a client is served although a handler of <see cref="Helios.OnConnection(Action{Starling})"/> or
    /// <see cref="Helios.OnRecovery(Action{Starling})"/> has thrown. Otherwise its connection is closed with 1011, and the client may try
    /// again. Default false.
    /// </summary>
    public bool IgnoreConnectionHandlerFailures { get; set; }

    /// <summary>Whether answers to failed requests carry the exception's text. Never in production. Default false.</summary>
    public bool Debug { get; set; }

    /// <summary>
    /// The most connections at a time; the next one is refused with 503 <c>CONNECTION_LIMIT</c>. Between 1 and 1,000,000. Default 10,000.
    /// On Linux fewer when the process may not open as many files; the log then says how many.
    /// </summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// The most connections of one address at a time, an IPv6 network of 64 bits counting as one address; the next one is refused with 503
    /// <c>CONNECTION_LIMIT</c>. The address is <see cref="UpgradeContext.RemoteAddress"/> as the last filter leaves it. Connections without
    /// an address, such as those of a Unix socket, are not counted. Between 1 and 1,000,000. Default null: not limited.
    /// </summary>
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>How long a handshake may take, opening or closing. Between 100 ms and 5 min. Default 5 s.</summary>
    public TimeSpan ConnectionTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long stopping may take at most: running requests finish, clients acknowledge what they were sent and are closed with 1001. What
    /// has not ended by then is cut. Between 1 s and 5 min, and less than the host's <c>HostOptions.ShutdownTimeout</c> (30 s unless set)
    /// with
    /// <c>AddHelios</c>. Default 10 s.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The largest message taken, in bytes. Larger ones are answered with <c>REQUEST_PAYLOAD_TOO_LARGE</c>, those over 16 times this close
    /// the connection. Between 1 KiB and 64 MiB. Default 1 MiB.
    /// </summary>
    public int MaxMessageSize { get; set; } = ProtocolLimits.DefaultMaxMessageSize;

    /// <summary>
    /// The most messages that are kept for a starling: those that wait to be sent, and, for a client that asked for resume, those that it
    /// has not acknowledged. Between 64 and 1,000,000. Default 1,000.
    /// </summary>
    public int MessageBufferSize { get; set; } = 1000;

    /// <summary>
    /// The most bytes that are kept for a starling. Between 2 KiB and 2 GiB, and at least twice <see cref="MaxMessageSize"/>. Default 8
    /// MiB.
    /// </summary>
    public long MessageBufferBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// What happens when a starling's outbox is full. Answers are never dropped. Default <see cref="OutboxPolicy.DropOldest"/>.
    /// </summary>
    public OutboxPolicy OutboxPolicy { get; set; } = OutboxPolicy.DropOldest;

    /// <summary>
    /// The most bytes that wait in memory for all starlings together: messages half come, payloads of open requests, frames queued or kept,
    /// names of groups and keys of <see cref="Starling.Data"/>. A signed-in user, or else an address, gets at most a quarter of what the
    /// others have left, on all its connections together, so that nobody's share is taken by the others. When memory is short, starlings
    /// without a connection that keep more than a few KiB are given up. Between 16 MiB and 1 TiB, and at least 4 times
    /// <see cref="MaxMessageSize"/>. Default 512 MiB.
    /// </summary>
    public long MaxBufferedBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>
    /// How many handlers of requests run at a time; handlers that end before their first await aside. A starling gets at most a quarter of
    /// the places, and fewer the fewer are free, so that some are left for the others. Between 1 and 1,000,000. Default 1,000.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 1000;

    /// <summary>
    /// How many requests wait for a place, and as many for a thread: those of one starling leave in order, the starlings in turn. A further
    /// one fails with <c>REQUEST_QUEUE_FULL</c>. A starling gets a part of the queue as it does of the places. Between 0 and 1,000,000.
    /// Default 10,000.
    /// </summary>
    public int MaxQueuedRequests { get; set; } = 10_000;

    /// <summary>
    /// How many requests of one starling may be open, those included that wait or whose handlers go on after their time limit, and how many
    /// handlers of its other messages; one more fails with <c>REQUEST_QUEUE_FULL</c>. Between 1 and 1,000,000. Default 256.
    /// </summary>
    public int MaxRequestsPerStarling { get; set; } = 256;

    /// <summary>
    /// How many bytes the payloads of those requests, and those other messages, may have together. Between 1 KiB and 2 GiB, and at least
    /// <see cref="MaxMessageSize"/>. Default 8 MiB.
    /// </summary>
    public long MaxRequestBytesPerStarling { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How many handlers that are registered as <see cref="MethodOptions.Blocking"/> run at a time, each on a thread of its own. Between 1
    /// and 1,000. Default 32.
    /// </summary>
    public int MaxBlockingThreads { get; set; } = 32;

    /// <summary>How many groups a starling may be in. Between 1 and 1,000,000. Default 1,000.</summary>
    public int MaxGroupsPerStarling { get; set; } = 1000;

    /// <summary>How many values <see cref="Starling.Data"/> holds. Between 1 and 1,000,000. Default 1,000.</summary>
    public int MaxDataPerStarling { get; set; } = 1000;

    /// <summary>
    /// How long a message may take from its first byte to its last; then the connection is closed with 1008. Between 1 s and 1 h. Default 1
    /// min.
    /// </summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a handler may run, and how long a request to a starling waits, unless told otherwise; also how long greeting a starling may
    /// take, and an answer of the <see cref="StateStore"/>. Between 1 ms and 24 h. Default 30 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be silent before it is pinged. Between 1 s and 1 h. Default 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a ping may stay unanswered before the connection is closed with 4008. Between 1 s and 1 h. Default 15 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How fast clients may send and connect. Default without limits.</summary>
    public RateLimitOptions RateLimits { get; } = new();

    /// <summary>
    /// Origins, such as <c>https://app.example.com</c>, whose pages may connect beside those of the same host; <c>https://*.example.com</c>
    /// allows those of all subdomains, and <c>*</c> all. Others are refused with 403 <c>CONNECTION_REJECTED</c>, and a warning is logged.
    /// Default none.
    /// </summary>
    public List<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// The hosts that clients may ask for in the <c>Host</c> header; others are refused with 403 <c>CONNECTION_REJECTED</c>. Each is a host
    /// and, unless any port is meant, a port: <c>app.example.com</c>, <c>app.example.com:8443</c>, <c>*.example.com</c> for all subdomains,
    /// or <c>*</c> for all. Default none, which allows all; but if <c>ListenAsync</c> binds only loopback addresses, pages may connect only
    /// from a host that is this machine (<c>localhost</c>, <c>*.localhost</c>, <c>127.0.0.1</c>, <c>[::1]</c>) or from
    /// <see cref="AllowedOrigins"/>.
    /// </summary>
    public List<string> AllowedHosts { get; } = [];

    /// <summary>
    /// How payloads are read and written. Default: camelCase, missing or null values of non-nullable members are refused. Add
    /// source-generated contexts to its <see cref="JsonSerializerOptions.TypeInfoResolverChain"/>.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = HeliosJson.CreateOptions();

    /// <summary>
    /// The certificate and TLS settings of <c>ListenAsync</c> with an <c>https</c> address. Default none. (<c>MapHelios</c> uses the web
    /// server's.) Another <see cref="SslServerAuthenticationOptions.ServerCertificate"/> or
    /// <see cref="SslServerAuthenticationOptions.ServerCertificateContext"/> may be set at any time, for a renewed certificate: it is used
    /// from the next connection on. A <see cref="SslServerAuthenticationOptions.ServerCertificateSelectionCallback"/> is asked for each
    /// connection.
    /// </summary>
    public SslServerAuthenticationOptions? Tls { get; set; }

    /// <summary>
    /// A PEM file with the certificate of <c>ListenAsync</c> with an <c>https</c> address, followed by the certificates that lead to its
    /// root. It is read again once a minute while clients connect, so that a renewed certificate is used without a restart; one that cannot
    /// be used is logged, and the one before stays. Default none: that of <see cref="Tls"/>, whose other settings count here too.
    /// </summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>A PEM file with the private key, not encrypted. Default none: it stands in <see cref="TlsCertificateFile"/>.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>
    /// Where the server logs. Default what <c>services</c> has, else warnings and errors go to the standard error stream.
    /// <c>NullLoggerFactory.Instance</c> logs nothing.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>How recovery tokens are made.</summary>
    internal TokenSettings TokenSettings =>
        new([.. ConnectionKey is { } first ? [first] : Array.Empty<ConnectionKey>(), .. ConnectionKeys], StateTokenTtl, EncryptStates);
}
