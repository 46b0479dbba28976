namespace HeliosStarling;

/// <summary>
/// Tracks the application code that a connection waits for before it is linked: filters, <c>OnConnection</c> and states. If that code
/// awaited a request to the client, it would wait for itself: the answer is read only after the code has ended.
/// </summary>
/// <remarks>Other code may send requests meanwhile. They wait until the connection is linked.</remarks>
internal sealed class Greeting
{
    private static readonly AsyncLocal<Greeting?> s_current = new();

    private Starling? _starling;

    private Greeting(Starling starling) => _starling = starling;

    /// <summary>Runs application code that the starling's connection waits for.</summary>
    public static async Task<T> RunAsync<T>(Starling starling, Func<Task<T>> run)
    {
        var greeting = new Greeting(starling);
        s_current.Value = greeting;
        try
        {
            return await run().ConfigureAwait(false);
        }
        finally
        {
            // Tasks that the code has started may send requests from now on.
            Volatile.Write(ref greeting._starling, null);
        }
    }

    /// <summary>Throws when the starling's connection waits for the calling code.</summary>
    /// <exception cref="InvalidOperationException">The connection waits for the calling code.</exception>
    public static void ThrowIfAwaited(Starling starling)
    {
        if (s_current.Value is not { } greeting
            || Volatile.Read(ref greeting._starling) != starling
            || starling.Session.Connection is not null) return;
        throw new InvalidOperationException(
            "The client cannot answer yet: its connection waits for this code. Make the request in a handler of the event 'starling:connected', which runs when the client is linked.");
    }
}
