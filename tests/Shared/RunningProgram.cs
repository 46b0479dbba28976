using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>
/// A program in its own process, which ends with this object. Tests wait for lines of both of its outputs.
/// </summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    // Far longer than a start takes on a busy machine with two cores.
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

    /// <summary>The output so far.</summary>
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

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).Dispose();

    /// <summary>Writes a line to the standard input.</summary>
    public void Write(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>The first line that matches, among those so far and later ones.</summary>
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

    /// <summary>The first address in the line that says where it listens.</summary>
    public async Task<Uri> ListeningAsync() =>
        new((await LineAsync(@"[Ll]isten(s|ing) on:? (?<address>http://\S*\d)")).Groups["address"].Value);

    /// <summary>The exit code, after the process has ended by itself.</summary>
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
