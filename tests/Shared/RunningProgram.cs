using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>
/// A program under test in a process of its own; ended with this object. Its lines are waited for, those of both outputs.
/// </summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    // Far more than a start takes on a busy machine with two cores.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it printed so far.</summary>
    public string Output
    {
        get { lock (_lock) return string.Join('\n', _lines); }
    }

    public static RunningProgram Start(string program, params IEnumerable<string> arguments) => new(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
        WorkingDirectory = Repository.Root,
    });

    /// <summary>Starts a built project, such as <c>samples/Chat</c>.</summary>
    public static RunningProgram StartProject(string project, params IEnumerable<string> arguments) =>
        Start("dotnet", [Repository.OutputOf(project), .. arguments]);

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).Dispose();

    /// <summary>Types a line.</summary>
    public void Write(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>The first line so far, or the next to come, that matches.</summary>
    public async Task<Match> LineAsync([StringSyntax(StringSyntaxAttribute.Regex)] string pattern)
    {
        using var limit = new CancellationTokenSource(s_patience);
        var ended = _process.WaitForExitAsync(limit.Token);
        while (true)
        {
            var isOver = ended.IsCompleted;
            if (Find(pattern, out var changed) is { } match) return match;
            if (isOver) Assert.Fail($"No line matches '{pattern}' in:\n{Output}");
            await Task.WhenAny(changed, ended);
        }
    }

    /// <summary>The first address that it says it listens on.</summary>
    public async Task<Uri> ListeningAsync() =>
        new((await LineAsync(@"[Ll]isten(s|ing) on:? (?<address>http://\S*\d)")).Groups["address"].Value);

    /// <summary>Its exit code, once it has ended by itself.</summary>
    public async Task<int> EndedAsync(TimeSpan? patience = null)
    {
        await _process.WaitForExitAsync().WaitAsync(patience ?? s_patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private Match? Find(string pattern, out Task changed)
    {
        lock (_lock)
        {
            changed = _changed.Task;
            return _lines.Select(line => Regex.Match(line, pattern)).FirstOrDefault(match => match.Success);
        }
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
