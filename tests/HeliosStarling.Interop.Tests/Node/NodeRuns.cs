using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>Runs each file of the Node.js tests once, all against one Echo server.</summary>
public sealed class NodeRuns : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<NodeRun>>> _runs = new();
    private RunningProgram? _echo;
    private Uri? _address;

    public async ValueTask InitializeAsync()
    {
        if (!NodeSuite.IsInstalled) return;
        _echo = RunningProgram.StartProject("samples/Echo", "--urls", "http://127.0.0.1:0");
        _address = await _echo.ListeningAsync();
    }

    /// <summary>The result of one test.</summary>
    public async Task<(bool Passed, string Text)> ResultOf(string file, string name)
    {
        var run = await _runs.GetOrAdd(file, one => new Lazy<Task<NodeRun>>(() => NodeRun.StartAsync(one, _address!))).Value;
        return (run.Passed.Contains(name), $"{file}: {name}\n{run.Output}\n--- server ---\n{_echo!.Output}");
    }

    public ValueTask DisposeAsync() => _echo?.DisposeAsync() ?? default;
}
