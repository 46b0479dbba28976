namespace HeliosStarling;

/// <summary>Handlers of messages that are no requests: nobody waits for them, and the peer is charged while they run.</summary>
internal static class DetachedHandlers
{
    /// <summary>Runs application code on this thread up to its first await, and logs what it throws.</summary>
    /// <param name="session">Whose peer sent the message.</param>
    /// <param name="running">The code.</param>
    /// <param name="what">What it handles, for the log.</param>
    /// <param name="size">How many bytes of a message it was given, and keeps as long as it runs.</param>
    /// <param name="overhead">How many bytes more it takes as the application was given it. Default none.</param>
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
            session.Budget.OnLessToDo();
        }
    }
}
