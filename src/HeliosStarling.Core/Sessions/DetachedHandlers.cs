namespace HeliosStarling;

/// <summary>
/// Runs handlers of messages that are not requests. Nothing waits for them, and their memory is counted for the peer while they run.
/// </summary>
internal static class DetachedHandlers
{
    /// <summary>Observes a handler that has already run up to its first await, and logs its exception.</summary>
    /// <param name="session">The session that received the message.</param>
    /// <param name="running">The running handler.</param>
    /// <param name="what">The subject of the handler, for the log.</param>
    /// <param name="size">The number of bytes of the message that the handler keeps while it runs.</param>
    /// <param name="overhead">The number of additional bytes that the handler's argument needs. Default: none.</param>
    public static void RunDetached(this Session session, ValueTask running, string what, int size, long overhead = 0)
    {
        if (running.IsCompletedSuccessfully) return;
        session.Budget.ChargeDetached(1, size, overhead);
        _ = AwaitAsync(session, running, what, size, overhead);
    }

    private static async Task AwaitAsync(Session session, ValueTask running, string what, int size, long overhead)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            session.Engine.HandlerLog.ListenerFailed(what, exception);
        }
        finally
        {
            session.Budget.ChargeDetached(-1, -size, -overhead);
            session.Budget.SignalIfQuiet();
        }
    }
}
