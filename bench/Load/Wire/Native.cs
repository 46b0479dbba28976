using System.Runtime.InteropServices;

namespace HeliosStarling.Load;

/// <summary>Direct system calls, because the runtime's wrappers cost a load generator too much.</summary>
internal static partial class Native
{
    public const int WouldBlock = 11;
    public const uint ReadReady = 1;
    public const int Add = 1;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    public static unsafe int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer) return (int)recv(socket, start, (nuint)buffer.Length, DontWait);
    }

    public static unsafe int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes) return (int)send(socket, start, (nuint)bytes.Length, DontWait | NoSignal);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreatePoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int ControlPoll(int poll, int operation, int socket, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int WaitPoll(int poll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recv(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint send(int socket, byte* buffer, nuint length, int flags);
}
