using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Stress;

/// <summary>A client that attacks: its addresses and random choices.</summary>
/// <param name="port">The server's port.</param>
/// <param name="random">Makes the choices.</param>
internal sealed class Attacker(int port, Random random)
{
    // Not four: each address may take a quarter of the lean listener's opening places.
    private const int Addresses = 3;

    // The longest time that a client reads after its close frame.
    private static readonly TimeSpan s_lastReading = TimeSpan.FromMilliseconds(100);

    public Random Random => random;

    /// <summary>One of a few loopback addresses. The verifying clients have another one.</summary>
    public IPAddress Address => new([127, 0, 0, (byte)(2 + random.Next(Addresses))]);

    /// <param name="query">The query of the upgrade request, with its question mark.</param>
    /// <param name="receiveBuffer">The size of the kernel's receive buffer in bytes. Default the system's.</param>
    /// <param name="from">The local address. Default <see cref="Address"/>.</param>
    public Task<RawConnection> ConnectAsync(string query = "", int receiveBuffer = 0, IPAddress? from = null) =>
        RawConnection.ConnectAsync(port, query, receiveBuffer, from ?? Address);

    /// <summary>Opens a TCP connection and sends nothing.</summary>
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

    /// <summary>Connects, attacks, and disconnects in a randomly chosen way.</summary>
    /// <param name="query">The query of the upgrade request, with its question mark.</param>
    /// <param name="attack">The attack.</param>
    /// <param name="stop">Ends the attack.</param>
    /// <param name="reads">Whether the client reads what the server sends. Default true.</param>
    /// <param name="receiveBuffer">The size of the kernel's receive buffer in bytes. Default the system's.</param>
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

    /// <summary>Waits until the attack is stopped.</summary>
    public static Task WaitForStopAsync(CancellationToken stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop);

    /// <summary>Lets other clients of this process run.</summary>
    public static Task PauseAsync(CancellationToken stop) => Task.Delay(1, stop);

    private static async Task ReadAsync(RawConnection connection, CancellationTokenSource end)
    {
        try
        {
            while (await connection.ReceiveAsync(end.Token) is not null)
            {
            }
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            // Disconnected or stopped.
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
                    // The close frame byte by byte.
                    foreach (var value in Frames.Make(Frames.Close, [0x03, 0xE8, .. "bye"u8]))
                    {
                        await connection.SendAsync(new[] { value }, limit.Token);
                        await Task.Delay(5, limit.Token);
                    }
                    await connection.DiscardAsync(1, limit.Token);
                    break;
                case 3:
                    // In the middle of a frame.
                    await connection.SendAsync(Frames.Make(Frames.Text, new byte[random.Next(1, 300)]).AsMemory()[..^1], limit.Token);
                    break;
            }
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            // The server has closed first.
        }
    }

    /// <summary>Whether this exception is a normal end of an attack.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is SocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
