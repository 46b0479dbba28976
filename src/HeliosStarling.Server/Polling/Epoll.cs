using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>An epoll instance of the Linux kernel (man 7 epoll). It is never closed, because it lives as long as the process.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class Epoll
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint PeerHangUp = 0x2000;
    public const uint OneShot = 1u << 30;
    public const uint EdgeTriggered = 1u << 31;

    private const int CloseOnExec = 0x80000;
    private const int OperationAdd = 1;
    private const int OperationModify = 3;

    // The structure is: events | key | 0 on x64, where it is packed, and events | padding | key | 0 on other architectures.
    private static readonly int s_eventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;

    private readonly int _instance = Create();

    /// <summary>Whether this system supports epoll.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The length of a buffer for this number of events.</summary>
    public static int SizeOf(int events) => events * s_eventSize;

    /// <summary>Reads one of the events that <see cref="Wait"/> has written.</summary>
    public static (uint Events, int Key) Read(ReadOnlySpan<uint> buffer, int index)
    {
        var one = buffer.Slice(index * s_eventSize, s_eventSize);
        return (one[0], (int)one[s_eventSize - 2]);
    }

    /// <summary>Reports the events of a file from now on. Events that have already occurred are reported at once.</summary>
    /// <param name="file">The handle of the file. Closing the file ends the reports.</param>
    /// <param name="events">The events to report.</param>
    /// <param name="key">A key that is reported with the events.</param>
    /// <exception cref="IOException">The kernel refuses, for example for lack of memory.</exception>
    public void Add(nint file, uint events, int key) => Control(OperationAdd, (int)file, events, key);

    /// <summary>Reports the events of another instance once.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public void AddOnce(Epoll other) => Control(OperationAdd, other._instance, Readable | OneShot, key: 0);

    /// <summary>Reports the events of the other instance once more.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public void Rearm(Epoll other) => Control(OperationModify, other._instance, Readable | OneShot, key: 0);

    /// <summary>Waits for events.</summary>
    /// <param name="buffer">Receives the events.</param>
    /// <param name="timeout">The time to wait for the first event, in milliseconds; -1 for no limit.</param>
    /// <returns>The number of events; 0 also when a signal interrupted the wait.</returns>
    public int Wait(Span<uint> buffer, int timeout) =>
        Math.Max(0, epoll_wait(_instance, ref MemoryMarshal.GetReference(buffer), buffer.Length / s_eventSize, timeout));

    private static int Create()
    {
        var instance = epoll_create1(CloseOnExec);
        return instance >= 0 ? instance : throw Failure("epoll_create1");
    }

    private void Control(int operation, int file, uint events, int key)
    {
        Span<uint> one = stackalloc uint[s_eventSize];
        one.Clear();
        (one[0], one[s_eventSize - 2]) = (events, (uint)key);
        if (epoll_ctl(_instance, operation, file, ref one[0]) != 0) throw Failure("epoll_ctl");
    }

    private static IOException Failure(string call) => new($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}.");

#pragma warning disable SYSLIB1054 // The code that LibraryImport generates needs unsafe code, which this project does not allow.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_ctl(int instance, int operation, int file, ref uint @event);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_wait(int instance, ref uint events, int maximum, int timeout);
#pragma warning restore SYSLIB1054
}
