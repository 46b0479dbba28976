namespace HeliosStarling;

/// <summary>
/// The code of the application that a connection waits for before it is linked: filters, <c>OnConnection</c>, states. A request to its
/// client, made there and awaited, would wait for itself: the answer is read only behind that code.
/// </summary>
/// <remarks>Code that runs elsewhere, for another starling for example, may ask meanwhile: its request waits for the link.</remarks>
internal sealed class Greeting
{
    private static readonly AsyncLocal<Greeting?> s_current = new();

    private Starling? _starling;

    private Greeting(Starling starling) => _starling = starling;

    /// <summary>Runs code that the starling's connection waits for.</summary>
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
            // What the code has started goes on, and may ask from now on.
            Volatile.Write(ref greeting._starling, null);
        }
    }

    /// <summary>Throws when this code is what the starling's connection waits for.</summary>
    /// <exception cref="InvalidOperationException">It is.</exception>
    public static void ThrowIfAwaited(Starling starling)
    {
        if (s_current.Value is not { } greeting
            || Volatile.Read(ref greeting._starling) != starling
            || starling.Session.Connection is not null) return;
        throw new InvalidOperationException(
            "The client cannot answer yet: its connection waits for this code. Make the request in a handler of the event 'starling:connected', which runs when the client is linked.");
    }
}
