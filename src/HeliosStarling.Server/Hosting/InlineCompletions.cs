using System.Net;
using System.Net.Sockets;

namespace HeliosStarling;

/// <summary>The switch that event-loop mode behind ASP.NET Core rests on: sockets complete on the runtime's I/O threads instead of the thread pool.</summary>
/// <remarks>The runtime reads it once, when the process uses its first socket asynchronously.</remarks>
internal static class InlineCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string On = "1";

    // Tried once: the answer does not change any more.
    private static readonly Lazy<bool> s_areOn = new(Try);

    /// <summary>Demands that the operator has set the switch, if the server needs it.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set, or has no effect.</exception>
    public static void Require(HeliosThreading threading)
    {
        if (threading != HeliosThreading.EventLoop) return;
        if (Environment.GetEnvironmentVariable(Variable) != On)
            throw new InvalidOperationException($"Threading is EventLoop, but {Variable} is not {On}. MapHelios needs it from outside: set {Variable}={On} before the process starts, or set Threading to ThreadPool.");
        if (!s_areOn.Value)
            throw new InvalidOperationException($"Threading is EventLoop, but sockets of this process complete in the thread pool, though {Variable} is {On}: it was set too late, or the system is Windows. Set it before the process starts, or set Threading to ThreadPool.");
    }

    /// <summary>Whether a receive that waits goes on outside of the pool, once bytes come.</summary>
    private static bool Try()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0));
        listener.Listen(1);
        using var sender = new Socket(SocketType.Stream, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndPoint!);
        using var receiver = listener.Accept();
        // It waits before the byte is sent, else it would go on right here.
        var isInline = IsInlineAsync(receiver);
        sender.Send([1]);
        return isInline.GetAwaiter().GetResult();
    }

    private static async Task<bool> IsInlineAsync(Socket receiver)
    {
        await receiver.ReceiveAsync(new byte[1]).ConfigureAwait(false);
        return !Thread.CurrentThread.IsThreadPoolThread;
    }
}
