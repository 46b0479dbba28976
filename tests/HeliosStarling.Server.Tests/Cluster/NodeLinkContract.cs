using System.Text;

namespace HeliosStarling.Cluster;

/// <summary>The contract of <see cref="INodeLink"/>.</summary>
public abstract class NodeLinkContract : ClusterContract
{
    private readonly TaskCompletionSource<(Hop Hop, Stream Stream)> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Open_TheOtherNodeGetsTheHop_AndBytesPassBothWays()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);

        await using var stream = await OpenAsync(b, a);
        var (hop, accepted) = await _accepted.Task.InTime();

        Assert.Equal((b.Id, a.Id, "https", "192.0.2.1"), (hop.From, hop.To, hop.Scheme, hop.RemoteAddress));
        Assert.Equal([1, 2, 3], hop.TokenHash.ToArray());
        await stream.WriteAsync("ask"u8.ToArray());
        Assert.Equal("ask", await ReadTextAsync(accepted, 3));
        await accepted.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer", await ReadTextAsync(stream, 6));
    }

    [Fact]
    public async Task Bytes_ManyAndUneven_ComeInOrder()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);
        await using var stream = await OpenAsync(b, a);
        var accepted = (await _accepted.Task.InTime()).Stream;
        var sent = Enumerable.Range(0, 300_000).Select(static i => (byte)(i * 31)).ToArray();

        var writing = Task.Run(async () =>
        {
            for (int from = 0, length = 1; from < sent.Length; from += length, length = Math.Min((length * 3) + 1, 20_000))
                await stream.WriteAsync(sent.AsMemory(from, Math.Min(length, sent.Length - from)));
        });

        Assert.Equal(sent, await ReadAsync(accepted, sent.Length));
        await writing.InTime();
    }

    [Fact]
    public async Task OneSideEnds_TheOtherReadsWhatWasSent_ThenTheEnd()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);
        var stream = await OpenAsync(b, a);
        var accepted = (await _accepted.Task.InTime()).Stream;
        await stream.WriteAsync("bye"u8.ToArray());

        await stream.DisposeAsync();

        Assert.Equal("bye", await ReadTextAsync(accepted, 3));
        Assert.Equal(0, await accepted.ReadAsync(new byte[1]).AsTask().InTime());
    }

    [Fact]
    public async Task ReaderThatDoesNotRead_HoldsTheWriterBack()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);
        var stream = await OpenAsync(b, a);
        var accepted = (await _accepted.Task.InTime()).Stream;
        using var given = new CancellationTokenSource();
        var written = 0L;

        var writing = Task.Run(async () =>
        {
            // Far more than any implementation buffers: this ends only when the other side reads.
            for (; written < 256L * 1024 * 1024; written += 64 * 1024) await stream.WriteAsync(new byte[64 * 1024], given.Token);
        });
        await ReadAsync(accepted, 64 * 1024);
        given.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.InTime());
        Assert.True(written < 64L * 1024 * 1024);
    }

    [Fact]
    public async Task Open_WhereNobodyListens_IsUnreachable()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        Assert.Equal(NodeLinkStatus.Unreachable, (await TryOpenAsync(b, a.Id, a.Address)).Status);

        await (await ListenAsync(a)).DisposeAsync();

        Assert.Equal(NodeLinkStatus.Unreachable, (await TryOpenAsync(b, a.Id, a.Address)).Status);
    }

    [Fact]
    public async Task Open_WhereTheNetworkIsCut_IsUnreachable()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);
        Cluster.MakeUnreachable(a.Seams);

        Assert.Equal(NodeLinkStatus.Unreachable, (await TryOpenAsync(b, a.Id, a.Address)).Status);
        Assert.NotNull(await b.Seams.Lease.FindAsync(a.Id));
    }

    [Fact]
    public async Task Drain_FurtherHopsAreTold_AndOpenStreamsGoOn()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);
        await using var stream = await OpenAsync(b, a);
        var accepted = (await _accepted.Task.InTime()).Stream;

        listener.Drain();

        Assert.Equal(NodeLinkStatus.Draining, (await TryOpenAsync(b, a.Id, a.Address)).Status);
        await stream.WriteAsync("still"u8.ToArray());
        Assert.Equal("still", await ReadTextAsync(accepted, 5));
    }

    [Fact]
    public async Task Hop_ForAnotherNodeOrAnOldId_IsRefused()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);

        Assert.Equal(NodeLinkStatus.Refused, (await TryOpenAsync(b, b.Id, a.Address)).Status);
        var again = await a.TakeNewLeaseAsync();
        Assert.Equal(NodeLinkStatus.Refused, (await TryOpenAsync(b, a.Id, a.Address)).Status);

        Assert.False(_accepted.Task.IsCompleted);
        Assert.Equal(NodeLinkStatus.Opened, (await TryOpenAsync(b, again.Id, a.Address)).Status);
    }

    [Fact]
    public async Task StoreAway_LinksGoOn()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await using var listener = await ListenAsync(a);
        Cluster.CutOff(a.Seams, true);
        Cluster.CutOff(b.Seams, true);

        Assert.Equal(NodeLinkStatus.Opened, (await TryOpenAsync(b, a.Id, a.Address)).Status);
    }

    private ValueTask<INodeListener> ListenAsync(ClusterNode node) =>
        node.Seams.Link.ListenAsync(node.Address, (hop, stream) => _accepted.TrySetResult((hop, stream)));

    private static async Task<Stream> OpenAsync(ClusterNode from, ClusterNode to)
    {
        var result = await TryOpenAsync(from, to.Id, to.Address);
        Assert.Equal(NodeLinkStatus.Opened, result.Status);
        return result.Stream!;
    }

    private static ValueTask<NodeLinkResult> TryOpenAsync(ClusterNode from, NodeId to, string address) =>
        from.Seams.Link.OpenAsync(address, new Hop(from.Id, to, "https", "192.0.2.1", new byte[] { 1, 2, 3 }));

    private static async Task<string> ReadTextAsync(Stream stream, int length) => Encoding.UTF8.GetString(await ReadAsync(stream, length));

    private static async Task<byte[]> ReadAsync(Stream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes).AsTask().InTime();
        return bytes;
    }
}
