using System.Diagnostics;
using System.Text.RegularExpressions;

namespace HeliosStarling.Samples;

/// <summary>A sample that runs as a process of its own; its lines are waited for, one after another.</summary>
public sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static SampleProcess Start(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [AssemblyOf(name), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new SampleProcess(Process.Start(start)!);
    }

    public void Write(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>The first line so far, or the next to come, that matches.</summary>
    public async Task<Match> LineAsync(string pattern)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_lines.Select(line => Regex.Match(line, pattern)).FirstOrDefault(match => match.Success) is { } match) return match;
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No line matches '{pattern}' in:\n{string.Join('\n', _lines)}");
            }
        }
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // tests/<project>/bin/<configuration>/<framework>: the sample lies in the same place of its own project.
    private static string AssemblyOf(string name)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var root = output.Parent.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(root.FullName, "samples", name, "bin", configuration, framework, $"{name}.dll");
    }

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _lines.Add(line);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
