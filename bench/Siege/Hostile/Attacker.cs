using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Siege;

/// <summary>One that attacks: where from, and by which choices.</summary>
/// <param name="port">The server's.</param>
/// <param name="random">Its choices.</param>
internal sealed class Attacker(int port, Random random)
{
    // Four could take all opening places of a lean listener.
    private const int Addresses = 3;

    // What a client may go on reading after it has said goodbye.
    private static readonly TimeSpan s_lastReading = TimeSpan.FromMilliseconds(100);

    public Random Random => random;

    /// <summary>One of a few addresses of this machine, none of which is that of the bystanders.</summary>
    public IPAddress Address => new([127, 0, 0, (byte)(2 + random.Next(Addresses))]);

    /// <param name="query">Behind the path, with its question mark.</param>
    /// <param name="receiveBuffer">The kernel's buffer in bytes. Default the system's.</param>
    /// <param name="from">The address that it comes from. Default one of the few.</param>
    public Task<RawConnection> ConnectAsync(string query = "", int receiveBuffer = 0, IPAddress? from = null) =>
        RawConnection.ConnectAsync(port, query, receiveBuffer, from ?? Address);

    /// <summary>A connection without a word.</summary>
    public async Task<Socket> OpenAsync(CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(Address, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects, attacks, and goes away in some way.</summary>
    /// <param name="query">Behind the path, with its question mark.</param>
    /// <param name="attack">What it does.</param>
    /// <param name="stop">Ends the attack.</param>
    /// <param name="reads">Whether it takes what it is sent meanwhile. Default true.</param>
    /// <param name="receiveBuffer">The kernel's buffer in bytes. Default the system's.</param>
    public async Task WithConnectionAsync(
        string query, Func<RawConnection, CancellationToken, Task> attack, CancellationToken stop, bool reads = true, int receiveBuffer = 0)
    {
        using var connection = await ConnectAsync(query, receiveBuffer);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = reads ? ReadAsync(connection, end) : Task.CompletedTask;
        try
        {
            await attack(connection, end.Token);
        }
        finally
        {
            await end.CancelAsync();
            await reading;
            await LeaveAsync(connection);
        }
    }

    /// <summary>Waits for the rest of the attack.</summary>
    public static Task StayAsync(CancellationToken stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop);

    /// <summary>Gives the others of this process their turns.</summary>
    public static Task PauseAsync(CancellationToken stop) => Task.Delay(1, stop);

    private static async Task ReadAsync(RawConnection connection, CancellationTokenSource end)
    {
        try
        {
            while (await connection.ReceiveAsync(end.Token) is not null)
            {
            }
        }
        catch (Exception exception) when (Ends(exception))
        {
            // Thrown out, or told to stop.
        }
        await end.CancelAsync();
    }

    private async Task LeaveAsync(RawConnection connection)
    {
        using var limit = new CancellationTokenSource(s_lastReading);
        try
        {
            switch (random.Next(5))
            {
                case 0:
                    connection.Reset();
                    break;
                case 1:
                    await connection.SendAsync(Frames.Make(Frames.Close, [0x03, 0xE8]), limit.Token);
                    break;
                case 2:
                    // One byte of its goodbye after the other.
                    foreach (var value in Frames.Make(Frames.Close, [0x03, 0xE8, .. "bye"u8]))
                    {
                        await connection.SendAsync(new[] { value }, limit.Token);
                        await Task.Delay(5, limit.Token);
                    }
                    await connection.SipAsync(1, limit.Token);
                    break;
                case 3:
                    // In the middle of a frame.
                    await connection.SendAsync(Frames.Make(Frames.Text, new byte[random.Next(1, 300)]).AsMemory()[..^1], limit.Token);
                    break;
            }
        }
        catch (Exception exception) when (Ends(exception))
        {
            // The server was faster.
        }
    }

    /// <summary>Whether this is how attacks end.</summary>
    public static bool Ends(Exception exception) =>
        exception is SocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
