using System.Runtime.InteropServices;

namespace HeliosStarling.Peers;

/// <summary>Waits for SIGTERM, SIGINT or, on request, the end of the standard input.</summary>
internal sealed class Stop : IDisposable
{
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    public Stop(bool watchStdin)
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        // Console reads block, so they get a thread outside the pool.
        if (watchStdin) new Thread(ReadToEnd) { IsBackground = true, Name = "stdin" }.Start();
    }

    public Task Requested => _requested.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _requested.TrySetResult();
    }

    private void ReadToEnd()
    {
        using var input = Console.OpenStandardInput();
        input.CopyTo(Stream.Null);
        _requested.TrySetResult();
    }
}
