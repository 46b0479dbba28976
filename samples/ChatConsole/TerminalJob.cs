namespace HeliosStarling.Samples.ChatConsole;

/// <summary>The long job: runs while the chat goes on, tells every tenth step, and can be cancelled.</summary>
internal sealed class TerminalJob(StarlingClient client)
{
    private StarlingRequest<Computed>? _request;

    public void Start() => _ = RunAsync();

    public async Task CancelAsync()
    {
        if (_request is { } request) await request.CancelAsync("cancelled in the terminal");
        else Console.WriteLine("! No job is running.");
    }

    private async Task RunAsync()
    {
        if (_request is not null)
        {
            Console.WriteLine("! One job at a time.");
            return;
        }
        try
        {
            _request = client.Request<Computed>("heavy:compute", options: new() { Timeout = TimeSpan.FromMinutes(2) });
            using var progress = _request.OnProgress<JobProgress>(Show);
            var result = await _request;
            Console.WriteLine($"= {result.Primes:N0} primes lie below {result.Below:N0}");
        }
        catch (HeliosException exception)
        {
            Console.WriteLine($"! {exception.Message}");
        }
        finally
        {
            _request = null;
        }
    }

    private static void Show(JobProgress progress)
    {
        if (progress.Percent % 10 == 0) Console.WriteLine($"= {progress.Percent} %");
    }
}
