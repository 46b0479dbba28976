using System.Runtime.InteropServices;

namespace HeliosStarling.Load;

/// <summary>Finds channels with data to read (epoll). It never sleeps, because the time to wake up would be measured too.</summary>
internal sealed class Poller
{
    private const int Most = 1024;

    // The kernel packs the event structure only on x64.
    private static readonly int s_eventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _poll = Native.CreatePoll(0);
    private readonly byte[] _events = new byte[Most * s_eventSize];

    /// <summary>Adds a socket under a number.</summary>
    public unsafe void Add(int socket, int number)
    {
        var change = stackalloc byte[s_eventSize];
        *(uint*)change = Native.ReadReady;
        *(long*)(change + s_eventSize - 8) = number;
        if (Native.ControlPoll(_poll, Native.Add, socket, change) != 0)
            throw new IOException($"epoll_ctl failed: {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>The numbers of the sockets with data to read.</summary>
    public unsafe int Poll(Span<int> ready)
    {
        fixed (byte* events = _events)
        {
            var count = Native.WaitPoll(_poll, events, Math.Min(Most, ready.Length), 0);
            for (var i = 0; i < count; i++) ready[i] = (int)*(long*)(events + (i * s_eventSize) + s_eventSize - 8);
            return Math.Max(0, count);
        }
    }
}
