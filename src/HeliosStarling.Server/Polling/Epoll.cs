using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>An epoll instance of the Linux kernel (man 7 epoll), never closed: it serves the process.</summary>
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

    // events | key | 0, packed, or events | padding | key | 0: only x86-64 packs the structure.
    private static readonly int s_eventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;

    private readonly int _instance = Create();

    /// <summary>Whether this system has it.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The size of a buffer for so many events.</summary>
    public static int SizeOf(int events) => events * s_eventSize;

    /// <summary>One event of those that <see cref="Wait"/> has written.</summary>
    public static (uint Events, int Key) Read(ReadOnlySpan<uint> buffer, int index)
    {
        var one = buffer.Slice(index * s_eventSize, s_eventSize);
        return (one[0], (int)one[s_eventSize - 2]);
    }

    /// <summary>Reports events of a file from now on, at once if there are any.</summary>
    /// <param name="file">Its handle; that the file is closed ends it.</param>
    /// <param name="events">Which.</param>
    /// <param name="key">What comes back with them.</param>
    /// <exception cref="IOException">The kernel refuses, for lack of memory for example.</exception>
    public void Add(nint file, uint events, int key) => Control(OperationAdd, (int)file, events, key);

    /// <summary>Reports the events of another instance once.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public void AddOnce(Epoll other) => Control(OperationAdd, other._instance, Readable | OneShot, key: 0);

    /// <summary>Reports them once more.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public void Rearm(Epoll other) => Control(OperationModify, other._instance, Readable | OneShot, key: 0);

    /// <summary>Takes events.</summary>
    /// <param name="buffer">Where they are written to.</param>
    /// <param name="timeout">How long to wait for the first, in milliseconds; -1 for ever.</param>
    /// <returns>How many; none too when a signal came.</returns>
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

#pragma warning disable SYSLIB1054 // What is generated for LibraryImport needs unsafe code, which this project has none of.
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
