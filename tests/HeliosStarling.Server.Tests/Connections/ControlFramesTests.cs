namespace HeliosStarling;

public class ControlFramesTests
{
    private readonly BufferPool _pool = new();
    private readonly ControlFrames _controls;
    private readonly byte[] _output = new byte[ControlFrames.MaxTaken];

    public ControlFramesTests() => _controls = new ControlFrames(new PartyMemory("somebody", _pool, static _ => { }));

    [Fact]
    public void Pongs_UpToTheMost_AreTakenInOrder()
    {
        for (byte i = 0; i < ControlFrames.MaxPongs; i++) _controls.Pong([i]);

        Assert.Equal(Enumerable.Range(0, ControlFrames.MaxPongs).Select(i => $"8A01{i:X2}"), Pongs());
    }

    [Fact]
    public void Pongs_BeyondTheMost_SkipTheOldest()
    {
        for (var i = 0; i < 1000; i++) _controls.Pong(Enumerable.Repeat((byte)i, i % 126).ToArray());

        var expected = Enumerable.Range(1000 - ControlFrames.MaxPongs, ControlFrames.MaxPongs)
            .Select(i => $"8A{i % 126:X2}{string.Concat(Enumerable.Repeat($"{i & 0xFF:X2}", i % 126))}");
        Assert.Equal(expected, Pongs());
    }

    [Fact]
    public void Pongs_OfTheLongestPayload_FitWithAPingBehindThem()
    {
        for (var i = 0; i < 2 * ControlFrames.MaxPongs; i++) _controls.Pong(new byte[125]);
        _controls.Ping();

        var length = _controls.Take(_output, out var pings);

        Assert.Equal((ControlFrames.MaxTaken - 125, true, "8900"), (length, pings, Convert.ToHexString(_output.AsSpan(length - 2, 2))));
    }

    [Fact]
    public void Pongs_Waiting_HoldOneCountedBufferUntilTheyAreTaken()
    {
        _controls.Pong([1]);
        var one = _pool.Rented;
        for (var i = 0; i < 100_000; i++) _controls.Pong(new byte[125]);

        Assert.Equal((2048, 2048), (one, _pool.Rented));
        _controls.Take(_output, out _);
        Assert.Equal((0, false), (_pool.Rented, _controls.AreDue));
    }

    [Fact]
    public void Clear_WithPongsWaiting_GivesTheirBufferBack()
    {
        _controls.Pong([1]);

        _controls.Clear();

        Assert.Equal((0, false), (_pool.Rented, _controls.AreDue));
    }

    private List<string> Pongs()
    {
        var bytes = _output.AsSpan(0, _controls.Take(_output, out _));
        var pongs = new List<string>();
        for (; !bytes.IsEmpty; bytes = bytes[(2 + bytes[1])..]) pongs.Add(Convert.ToHexString(bytes[..(2 + bytes[1])]));
        return pongs;
    }
}
