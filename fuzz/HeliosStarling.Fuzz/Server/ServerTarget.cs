using System.Globalization;
using System.Net;

namespace HeliosStarling.Fuzz;

/// <summary>A whole server over sockets. An input is a <see cref="Script"/>.</summary>
internal sealed class ServerTarget : IFuzzTarget, IDisposable
{
    private const int SeedCount = 100;

    // Expensive checks are made every so many scripts. The growth that they allow.
    private const int HandlesEvery = 500;
    private const int HeapEvery = 5000;
    private const long MaxHeapGrowth = 64L * 1024 * 1024;
    private const int MaxHandleGrowth = 24;

    private readonly FuzzServer?[] _servers = new FuzzServer?[Enum.GetValues<ServerKind>().Length];
    private long _runs;
    private long _messages;
    private int? _handles;
    private long? _heap;

    public string Name => "server";

    public bool IsConcurrent => true;

    public string Figures => string.Create(
        CultureInfo.InvariantCulture, $"{_messages} messages, {Environment.CpuUsage.TotalTime.TotalMilliseconds / Math.Max(1, _runs):f1} ms of processor each, {GC.GetTotalMemory(false) >> 20} MiB heap, {CountHandles()} handles, {ThreadPool.ThreadCount} pool threads");

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var maker = new ScriptMaker(new Random(SeedCount));
            return Enumerable.Range(0, SeedCount).Select(_ => maker.Make());
        }
    }

    public IMutator NewMutator(Random random) => new ScriptMaker(random);

    public void Run(ReadOnlySpan<byte> input)
    {
        var script = Script.Decode(input);
        var server = _servers[script.Server % _servers.Length] ??= FuzzServer.Start((ServerKind)(script.Server % _servers.Length));
        // Several addresses, so that no pair of ports is reused too soon.
        var run = new ScriptRun(server, new IPAddress([127, 0, 0, (byte)(2 + (_runs++ % 32))]));
        run.Run(script.Steps);
        _messages += run.Messages;
        if (_runs % HandlesEvery == 0) CheckHandles();
        if (_runs % HeapEvery == 0) CheckHeap();
    }

    public void Dispose()
    {
        foreach (var server in _servers) server?.Dispose();
    }

    private static int CountHandles() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;

    private void CheckHandles()
    {
        var handles = CountHandles();
        _handles ??= handles;
        FindingException.Unless(handles < _handles + MaxHandleGrowth, $"as many handles as before, {_handles}, not {handles}");
    }

    private void CheckHeap()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        _heap ??= heap;
        FindingException.Unless(heap < _heap + MaxHeapGrowth, $"about as much memory as before, {_heap} bytes, not {heap}");
    }
}
