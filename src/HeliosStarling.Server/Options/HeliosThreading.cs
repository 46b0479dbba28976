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
    /// <c>ListenAsync</c> and <c>StartAsync</c> have I/O threads of their own, on Linux (x64 and Arm64); elsewhere all handlers run in the thread pool, and a warning says
    /// so. <c>MapHelios</c> rests on a switch of the runtime for the whole process, the environment variable
    /// <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1</c>, which must be set before the process starts and has no effect on Windows. Code outside of handlers, such as
    /// what follows an await of an <c>HttpClient</c> in <c>Main</c>, then goes on on I/O threads too, and must not block there.
    /// </remarks>
    EventLoop,
}
