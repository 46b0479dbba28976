using System.Net.Sockets;
using System.Text.Json;

namespace HeliosStarling.Stress;

/// <summary>A normal client that repeats one round of requests and checks every byte it receives.</summary>
/// <param name="port">The server's port.</param>
/// <param name="name">The name to print.</param>
internal abstract class VerifyingClient(int port, string name)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private long _rounds;

    public string Name => name;

    /// <summary>The number of completed rounds.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>The number of requests that were refused for lack of memory.</summary>
    public int Refused { get; private set; }

    /// <summary>The first fault; null when there was none.</summary>
    public string? Fault { get; private set; }

    protected int Port => port;

    /// <summary>Runs rounds until it is stopped or finds a fault. It ends between two rounds.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await ConnectAsync();
            while (!stop.IsCancellationRequested && Fault is null)
            {
                await RunRoundAsync().WaitAsync(s_patience, CancellationToken.None);
                Interlocked.Increment(ref _rounds);
                await Task.Delay(2, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException or ObjectDisposedException
            or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            Fail($"{exception.GetType().Name}: {exception.Message}");
        }
        finally
        {
            Disconnect();
        }
    }

    protected abstract Task ConnectAsync();

    /// <summary>Runs one round.</summary>
    protected abstract Task RunRoundAsync();

    protected abstract void Disconnect();

    /// <summary>Remembers the first fault.</summary>
    protected void Fail(string fault) => Fault ??= $"{name}, round {Rounds + 1}: {fault}";

    protected void Expect<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) Fail($"{what} was {actual} and not {expected}");
    }

    /// <summary>The data of an answer. A refusal is counted and gives null.</summary>
    protected JsonElement? Read(JsonElement answer)
    {
        if (answer.GetProperty("success").GetBoolean()) return answer.TryGetProperty("data", out var data) ? data : default;
        var code = answer.GetProperty("error").GetProperty("code").GetString();
        // STATE_RECOVERY_FAILED replaces an answer for which there was no memory.
        if (code is "REQUEST_QUEUE_FULL" or "STATE_RECOVERY_FAILED") Refused++;
        else Fail($"answered with {code}");
        return null;
    }

    protected static async Task<JsonElement> ReceiveAsync(RawConnection connection) =>
        await connection.ReceiveAsync() is { } frame
            ? JsonElement.Parse(frame.Payload.Span)
            : throw new IOException($"Closed with {connection.CloseCode}.");
}
