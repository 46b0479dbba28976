namespace HeliosStarling;

/// <summary>On which threads messages are handled.</summary>
public enum HeliosThreading
{
    /// <summary>In the thread pool: right for every application.</summary>
    ThreadPool,

    /// <summary>
    /// Event-loop mode: framing, reading, answering and handlers registered as <see cref="MethodOptions.NonBlocking"/> run on the I/O threads, without a
    /// hop between them; all other handlers in the thread pool. For servers whose handlers mostly compute little and answer at once.
    /// </summary>
    /// <remarks>
    /// It rests on a switch of the runtime for the whole process, the environment variable <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1</c>, which is read with
    /// the first socket and not on Windows. <c>ListenAsync</c> and <c>StartAsync</c> set it, and fail when it is too late for that; for <c>MapHelios</c> it must be set
    /// before the process starts. Code outside of handlers, such as what follows an await of an <c>HttpClient</c> in <c>Main</c>, then goes on on I/O
    /// threads too, and must not block there.
    /// </remarks>
    EventLoop,
}
