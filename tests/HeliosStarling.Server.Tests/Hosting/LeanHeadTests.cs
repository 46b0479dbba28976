using System.Text;
using HeliosStarling.Upgrades;

namespace HeliosStarling.Hosting;

/// <summary>The memory of a connection before its request head is complete.</summary>
public sealed class LeanHeadTests
{
    [Fact]
    public async Task Read_AheadOfTheFirstByte_HasNoBuffer()
    {
        await using var stream = new PiecesStream(Request.Sample);

        var (head, _, _) = await LeanHead.ReadAsync(stream, TestContext.Current.CancellationToken);

        Assert.NotNull(head);
        Assert.Equal(0, stream.Asked[0]);
    }

    [Fact]
    public async Task Read_OfADrippingHead_KeepsAtMostTwiceOfWhatCame()
    {
        var text = Request.With("GET / HTTP/1.1", "Host: h", "X: " + new string('x', 15_000));
        await using var stream = new PiecesStream([.. text.Select(one => one.ToString())]);

        var (head, refusal, early) = await LeanHead.ReadAsync(stream, TestContext.Current.CancellationToken);

        Assert.Equal((text.Length, null, 0), (head!.Size, refusal, early.Length));
        // Byte by byte: each read asks for the free rest of the buffer.
        Assert.All(
            stream.Asked.Skip(1).Select((free, came) => (Kept: free + came, came)),
            one => Assert.True(one.Kept <= Math.Max(2048, 2 * one.came), $"{one}"));
    }

    [Fact]
    public async Task Read_OfAHeadThatNeverEnds_RefusesItWith431()
    {
        await using var stream = new PiecesStream("GET /" + new string('x', RequestHead.MaxSize));

        var (head, refusal, _) = await LeanHead.ReadAsync(stream, TestContext.Current.CancellationToken);

        Assert.Equal((null, 431), (head, refusal!.Status));
    }

    [Fact]
    public async Task Read_WithBytesBehindTheHead_HandsThemOn()
    {
        await using var stream = new PiecesStream(Request.Sample + "early");

        var (_, _, early) = await LeanHead.ReadAsync(stream, TestContext.Current.CancellationToken);

        Assert.Equal("early", Encoding.ASCII.GetString(early));
    }

    [Fact]
    public async Task Read_OfAnEnd_IsNothing()
    {
        await using var stream = new PiecesStream("GET /");

        Assert.Equal(
            (null, null),
            await LeanHead.ReadAsync(stream, TestContext.Current.CancellationToken) is var (head, refusal, _) ? (head, refusal) : default);
    }

    /// <summary>Gives its pieces in order, at most one for each read, and records how much each read asks for.</summary>
    private sealed class PiecesStream(params string[] pieces) : DuplexStream
    {
        private readonly Queue<byte[]> _pieces = new(pieces.Select(Encoding.ASCII.GetBytes));

        public List<int> Asked { get; } = [];

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.Add(buffer.Length);
            if (buffer.IsEmpty || !_pieces.TryPeek(out var piece)) return new(0);
            var count = Math.Min(piece.Length, buffer.Length);
            piece.AsMemory(0, count).CopyTo(buffer);
            _pieces.Dequeue();
            if (count < piece.Length) Return(piece[count..]);
            return new(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        private void Return(byte[] rest)
        {
            byte[][] behind = [.. _pieces];
            _pieces.Clear();
            foreach (var one in (byte[][])[rest, .. behind]) _pieces.Enqueue(one);
        }
    }
}
