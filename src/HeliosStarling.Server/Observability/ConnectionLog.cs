using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Log messages about connections. Payloads and tokens are never logged.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(20, LogLevel.Debug, "A connection broke: {Fault}")]
    public static partial void ConnectionBroke(this ILogger logger, string fault);

    [LoggerMessage(21, LogLevel.Critical, "A connection is closed because of a fault of the server.")]
    public static partial void ConnectionFaulted(this ILogger logger, Exception exception);

    [LoggerMessage(22, LogLevel.Debug, "Starling {StarlingId} connected.")]
    public static partial void StarlingConnected(this ILogger logger, string starlingId);

    [LoggerMessage(23, LogLevel.Debug, "Starling {StarlingId} disconnected: {Code}, with a reason of {ReasonLength} characters.")]
    public static partial void StarlingDisconnected(this ILogger logger, string starlingId, int code, int reasonLength);

    [LoggerMessage(24, LogLevel.Information, "Helios listens on {Address}.")]
    public static partial void Listening(this ILogger logger, Uri address);

    [LoggerMessage(25, LogLevel.Warning, "Accepting a connection failed and is tried again: {Fault}")]
    public static partial void AcceptFailed(this ILogger logger, string fault);

    [LoggerMessage(31, LogLevel.Warning, "The process may open {Limit} files. {InUse} are in use and {Reserve} are reserved for the application, so at most {Connections} connections are accepted, instead of MaxConnections = {MaxConnections}. Raise the limit of open files, or lower MaxConnections.")]
    public static partial void FewFileHandles(this ILogger logger, int limit, int inUse, int reserve, int connections, int maxConnections);

    [LoggerMessage(32, LogLevel.Information, "The certificate of {Subject} is used from now on; it is valid until {NotAfter}.")]
    public static partial void CertificateLoaded(this ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(33, LogLevel.Warning, "The certificate in {Path} cannot be used, so the previous one stays in use: {Fault}")]
    public static partial void CertificateNotRenewed(this ILogger logger, string path, string fault);

    [LoggerMessage(26, LogLevel.Debug, "An upgrade was refused: {Status} {Code}")]
    public static partial void UpgradeRefused(this ILogger logger, int status, string code);

    [LoggerMessage(27, LogLevel.Error, "A filter of upgrade requests failed.")]
    public static partial void UpgradeFilterFailed(this ILogger logger, Exception exception);

    [LoggerMessage(30, LogLevel.Warning, "An upgrade was refused: {Reason} (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void UpgradeRefusedByOption(this ILogger logger, string reason, int unlogged);

    [LoggerMessage(29, LogLevel.Error, "A filter of connections failed.")]
    public static partial void ConnectionFilterFailed(this ILogger logger, Exception exception);

    [LoggerMessage(36, LogLevel.Debug, "The authentication of starling {StarlingId} has expired.")]
    public static partial void AuthenticationExpired(this ILogger logger, string starlingId);

    [LoggerMessage(37, LogLevel.Warning, "A connection is closed: greeting its starling took longer than {Limit}. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void AdmissionTookTooLong(this ILogger logger, TimeSpan limit, int unlogged);

    [LoggerMessage(38, LogLevel.Warning, "Memory is short: {Count} disconnected starlings and their messages were forgotten. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void HeldGivenUp(this ILogger logger, int count, int unlogged);

    [LoggerMessage(39, LogLevel.Warning, "A connection is closed with 1011, because a handler of OnConnection or OnRecovery failed. To serve its client nevertheless, set {Option}. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void GreetingFailed(this ILogger logger, string option, int unlogged);

    [LoggerMessage(91, LogLevel.Information, "The authentication schemes do not accept the ticket of a client: {Fault}")]
    public static partial void TicketRefused(this ILogger logger, string fault);

    [LoggerMessage(
        90,
        LogLevel.Warning,
        "The check of a new ticket of starling {StarlingId} failed: {Fault} (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void TicketCheckFailed(this ILogger logger, string starlingId, string fault, int unlogged);

    [LoggerMessage(28, LogLevel.Warning, "The server stops while {Count} connections have not ended.")]
    public static partial void ConnectionsLeft(this ILogger logger, int count);

    [LoggerMessage(80, LogLevel.Information, "The server stops: {Count} connections end within {Timeout}.")]
    public static partial void DrainBegins(this ILogger logger, int count, TimeSpan timeout);

    [LoggerMessage(81, LogLevel.Warning, "The server stops while clients have not confirmed {Count} messages.")]
    public static partial void LeftUnconfirmed(this ILogger logger, int count);
}
