using System.Net.Sockets;
using System.Text.Json;

namespace HeliosStarling.Siege;

/// <summary>A well-behaved client that does one thing over and over, and looks at every byte that it gets.</summary>
/// <param name="port">The server's.</param>
/// <param name="name">What to print.</param>
internal abstract class Bystander(int port, string name)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private long _served;

    public string Name => name;

    /// <summary>How many times it was served.</summary>
    public long Served => Volatile.Read(ref _served);

    /// <summary>How many of its requests were refused for lack of memory.</summary>
    public int Refused { get; private set; }

    /// <summary>How it was not served; null when it always was.</summary>
    public string? Fault { get; private set; }

    protected int Port => port;

    /// <summary>Goes on until the stop or the first fault. It ends between two rounds.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await BeginAsync();
            while (!stop.IsCancellationRequested && Fault is null)
            {
                await ServeAsync().WaitAsync(s_patience, CancellationToken.None);
                Interlocked.Increment(ref _served);
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
            End();
        }
    }

    /// <summary>Connects.</summary>
    protected abstract Task BeginAsync();

    /// <summary>One round.</summary>
    protected abstract Task ServeAsync();

    protected abstract void End();

    /// <summary>Remembers the first fault.</summary>
    protected void Fail(string fault) => Fault ??= $"{name}, round {Served + 1}: {fault}";

    protected void Expect<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) Fail($"{what} was {actual} and not {expected}");
    }

    /// <summary>The data of an answer; null when it is a refusal, which is counted.</summary>
    protected JsonElement? Read(JsonElement answer)
    {
        if (answer.GetProperty("success").GetBoolean()) return answer.TryGetProperty("data", out var data) ? data : default;
        var code = answer.GetProperty("error").GetProperty("code").GetString();
        // The second stands for an answer that found no memory.
        if (code is "REQUEST_QUEUE_FULL" or "STATE_RECOVERY_FAILED") Refused++;
        else Fail($"answered with {code}");
        return null;
    }

    protected static async Task<JsonElement> ReceiveAsync(RawConnection connection) =>
        await connection.ReceiveAsync() is { } frame
            ? JsonElement.Parse(frame.Payload.Span)
            : throw new IOException($"Closed with {connection.CloseCode}.");
}
