using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>A program under test in a process of its own; ended with this object.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    // Far more than a start takes on a busy machine with two cores.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(string program, IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                WorkingDirectory = Repository.Root,
            },
        };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
    }

    /// <summary>All that it printed so far.</summary>
    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    public static RunningProgram Start(string program, params IEnumerable<string> arguments)
    {
        var running = new RunningProgram(program, arguments);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Starts a built project.</summary>
    public static RunningProgram StartProject(string project, params IEnumerable<string> arguments) =>
        Start("dotnet", [Repository.OutputOf(project), .. arguments]);

    /// <summary>The first address that it says it listens on.</summary>
    public async Task<Uri> ListeningAsync()
    {
        var ended = _process.WaitForExitAsync();
        await Task.WhenAny(_address.Task, ended).WaitAsync(Patience);
        return _address.Task.IsCompleted
            ? await _address.Task
            : throw new InvalidOperationException($"It ended with {_process.ExitCode} and never listened:\n{Output}");
    }

    /// <summary>Its exit code, once it has ended by itself.</summary>
    public async Task<int> EndedAsync(TimeSpan? patience = null)
    {
        await _process.WaitForExitAsync().WaitAsync(patience ?? Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (Announcement().Match(line) is { Success: true } found && Uri.TryCreate(found.Groups["address"].Value, UriKind.Absolute, out var address))
            _address.TrySetResult(address);
    }

    [GeneratedRegex(@"listen(s|ing) on:? (?<address>[^\s]+?)\.?(\s|$)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Announcement();
}
