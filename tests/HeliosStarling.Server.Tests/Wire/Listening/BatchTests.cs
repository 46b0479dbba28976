using System.Net;
using System.Net.Sockets;
using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>
/// Bytes that arrive together are read and answered together. Otherwise the answers would be split, and then the client's next burst.
/// </summary>
public sealed class BatchTests
{
    private const int BufferSize = 1024 * 1024;

    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(150)]
    public async Task Requests_SentTogether_AreAllHandledBeforeAnAnswerLeaves(int count)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendBufferSize = BufferSize,
            ReceiveBufferSize = BufferSize,
        };
        var answeredBefore = -1;
        await using var helios = Helios.Create();
        helios.Method("batch:next", (int number) =>
        {
            if (number == count) answeredBefore = socket.Available;
            return number;
        });
        await using var listener = await helios.StartAsync("http://127.0.0.1:0");
        await using var stream = await ConnectAsync(socket, Assert.Single(listener.Addresses));
        var input = new ByteReader(stream);
        await input.TakeHeadAsync();
        // Its answer arrives after everything that is sent on connecting.
        await AskAsync(stream, 0..1);
        await ReadAnswersAsync(input, 1);
        Assert.Equal(0, socket.Available);

        await AskAsync(stream, 1..(count + 1));
        await ReadAnswersAsync(input, count);

        Assert.Equal(0, answeredBefore);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(64)]
    public async Task Requests_FillTheBufferAndTheConnectionBreaksBehindThem_AreAllHandled(int kilobytes)
    {
        using var socket =
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = BufferSize };
        using var mayGoOn = new ManualResetEventSlim();
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = kilobytes;
        var areHandled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var helios = Helios.Create();
        // Not a request, because an answer to a broken connection would end it before the reader continues.
        helios.On("batch:hold", (string _, TopicContext _) =>
        {
            isHeld.TrySetResult();
            mayGoOn.Wait(TimeSpan.FromSeconds(20));
        });
        helios.Method("batch:next", (string payload) =>
        {
            if (--left == 0) areHandled.SetResult();
            return payload;
        });
        await using var listener = await helios.StartAsync("http://127.0.0.1:0");
        await using var stream = await ConnectAsync(socket, Assert.Single(listener.Addresses));
        var input = new ByteReader(stream);
        await input.TakeHeadAsync();
        await stream.WriteAsync(ClientFrame.Text(ClientMessage.Notification("batch:hold", "\"\"")).ToBytes());
        await isHeld.Task.InTime();

        byte[] requests = [.. Enumerable.Range(1, kilobytes).SelectMany(MakeKilobyte)];
        Assert.Equal(kilobytes * 1024, requests.Length);
        await stream.WriteAsync(requests);
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        mayGoOn.Set();

        await areHandled.Task.InTime();
    }

    /// <summary>Connects and sends the upgrade request.</summary>
    private static async Task<NetworkStream> ConnectAsync(Socket socket, Uri address)
    {
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port)).InTime();
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(UpgradeRequest.Valid.ToBytes(address.Authority));
        return stream;
    }

    private static byte[] MakeKilobyte(int number)
    {
        var id = ClientMessage.IdOf(number);
        var padding = 1024 - ClientFrame.Text(ClientMessage.Request("batch:next", $"\"{new string('x', 200)}\"", id)).ToBytes().Length
            + 200;
        return ClientFrame.Text(ClientMessage.Request("batch:next", $"\"{new string('x', padding)}\"", id)).ToBytes();
    }

    private static Task AskAsync(NetworkStream stream, Range numbers) => stream.WriteAsync(ClientFrame.Join(
        Enumerable.Range(numbers.Start.Value, numbers.End.Value - numbers.Start.Value)
            .Select(number => ClientFrame.Text(ClientMessage.Request("batch:next", $"{number}", $"3f2504e0-4f89-41d3-9a0c-{number:x12}")))))
            .AsTask().InTime();

    private static async Task ReadAnswersAsync(ByteReader input, int count)
    {
        while (count > 0)
        {
            var head = await input.TakeAsync(2);
            var length = head[1] < 126 ? head[1] : System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(await input.TakeAsync(2));
            if (System.Text.Encoding.UTF8.GetString(await input.TakeAsync(length)).Contains(
                "\"type\":\"response\"", StringComparison.Ordinal)) count--;
        }
    }
}
