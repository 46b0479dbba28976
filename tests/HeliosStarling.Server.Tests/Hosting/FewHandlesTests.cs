using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HeliosStarling.Limits;
using HeliosStarling.Wire;

namespace HeliosStarling.Hosting;

/// <summary>A server in its own process with few file handles: it refuses clients instead of ending.</summary>
public sealed class FewHandlesTests
{
    private const int Handles = 500;

    [Theory]
    [InlineData("listen")]
    [InlineData("map")]
    public async Task Start_WithFewHandles_LowersTheLimitAndSaysSo(string listener)
    {
        await using var server = Start(listener);

        var line = await server.LineAsync(@"The process may open (?<limit>\d+) files\. (?<used>\d+) are in use and (?<reserve>\d+) are reserved for the application, so at most (?<fits>\d+) connections are accepted, instead of MaxConnections = 10000");

        var (limit, used, reserve, fits) = (Number("limit"), Number("used"), Number("reserve"), Number("fits"));
        Assert.Equal(Handles, limit);
        Assert.Equal(new FileHandles(limit, used).Connections, fits);
        Assert.InRange(fits + used + reserve, used + reserve + 1, limit);

        int Number(string name) => int.Parse(line.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("listen")]
    [InlineData("map")]
    public async Task Upgrades_BeyondTheHandles_AreRefusedAndTheServerGoesOn(string listener)
    {
        await using var server = Start(listener);
        var address = await server.ListeningAsync();
        await using var inside = await ConnectAsync(address);
        var flood = new List<RawUpgrade>();

        for (var i = 0; i < 2 * Handles; i++) flood.Add(await RawUpgrade.OpenAsync(address));

        Assert.Equal("still here", await inside.Request<string>("echo:say", "still here").Answer.InTime());
        Assert.Contains(flood, one => one.Status == 503);
        Assert.All(flood, one => Assert.Contains(one.Status, (int[])[101, 503]));
        foreach (var one in flood) one.Dispose();
        await AssertServesAsync(address);
    }

    [Fact]
    public async Task SilentSockets_BeyondTheHandles_AreClosedAndTheServerGoesOn()
    {
        await using var server = Start("listen");
        var address = await server.ListeningAsync();
        await using var inside = await ConnectAsync(address);
        var silent = Enumerable.Range(0, 2 * Handles)
            .Select(i => SilentSockets.Connect(EndPointOf(address), IPAddress.Parse($"127.0.0.{2 + i % 8}")))
            .ToList();

        // It is accepted after all of them.
        await AssertServesAsync(address);

        Assert.Equal("still here", await inside.Request<string>("echo:say", "still here").Answer.InTime());
        silent.ForEach(static socket => socket.Dispose());
    }

    private static RunningProgram Start(string listener)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit of file handles is known on Linux only.");
        return RunningProgram.Start(
            "sh", "-c", $"ulimit -n {Handles} && exec dotnet '{Repository.OutputOf("tests/handles/HandlesApp")}' {listener}");
    }

    private static Task<StarlingClient> ConnectAsync(Uri address) =>
        StarlingClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri).InTime();

    // Places are free again when the server has seen the ends of their connections.
    private static async Task AssertServesAsync(Uri address)
    {
        for (var status = 0; status != 101;)
        {
            using var next = await RawUpgrade.OpenAsync(address).InTime();
            Assert.Contains(next.Status, (int[])[101, 503]);
            status = next.Status;
        }
    }

    private static IPEndPoint EndPointOf(Uri address) => new(IPAddress.Loopback, address.Port);

    /// <summary>A socket that has asked for an upgrade.</summary>
    private sealed class RawUpgrade(Socket socket, int status) : IDisposable
    {
        /// <summary>The status of the answer. 503 also stands for a connection that was closed without an answer.</summary>
        public int Status => status;

        public static async Task<RawUpgrade> OpenAsync(Uri address)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            // So many sockets must not take the ports that other tests reuse.
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
            try
            {
                await socket.ConnectAsync(EndPointOf(address)).InTime();
                await socket.SendAsync(new UpgradeRequest("/").ToBytes("a"));
                var answer = new byte[1024];
                var count = await socket.ReceiveAsync(answer).InTime();
                return new RawUpgrade(socket, count < 12 ? 503 : int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture));
            }
            catch (SocketException)
            {
                return new RawUpgrade(socket, 503);
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
