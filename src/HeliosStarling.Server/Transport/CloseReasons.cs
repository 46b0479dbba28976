namespace HeliosStarling;

/// <summary>
/// The reasons of close frames with code 1011. They are fixed texts: the message of an exception stays in the server's log.
/// </summary>
internal static class CloseReasons
{
    public const string ServerFault = "server fault: see the server's log";

    public const string OnConnectionFailed = "a handler of OnConnection failed: see the server's log";

    public const string OnRecoveryFailed = "a handler of OnRecovery failed: see the server's log";

    public const string AdmissionTooLong = "handlers of OnConnection took longer than RequestTimeout: see the server's log";

    public const string HandlersBusy = "handlers of the connection before took longer than RequestTimeout";
}
