namespace HeliosStarling.Limits;

/// <summary>Names that handlers take from clients: of groups, and of the data of a starling.</summary>
public sealed class NameLimitTests : IAsyncDisposable
{
    private readonly Helios _helios = Helios.Create(options =>
    {
        options.MaxBufferedBytes = 16 << 20;
        options.MaxGroupsPerStarling = options.MaxDataPerStarling = 1_000_000;
    });

    public static TheoryData<string> Good =>
        ["a", new string('x', 256), new string('é', 128), string.Concat(Enumerable.Repeat("🦊", 64)), "with spaces, and: signs"];

    public static TheoryData<string> Bad =>
        ["", new string('x', 257), new string('x', 900_000), new string('é', 129), "line\nbreak", "bell\a", "half \ud83e"];

    public ValueTask DisposeAsync() => _helios.DisposeAsync();

    [Theory]
    [MemberData(nameof(Good))]
    public async Task GroupAndKey_UpTo256Bytes_AreKept(string name)
    {
        var starling = new Starling(_helios.Node, null);

        Assert.True(await starling.JoinAsync(name));
        starling.Data.Set(name, 1);

        Assert.Equal((name, 1), (Assert.Single(starling.Groups), starling.Data.Get<int>(name)));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task GroupAndKey_MalformedOrTooLong_AreRefused(string name)
    {
        var starling = new Starling(_helios.Node, null);

        Assert.Equal("VALIDATION_ERROR", (await Assert.ThrowsAsync<HeliosException>(async () => await starling.JoinAsync(name))).Code);
        Assert.Equal("VALIDATION_ERROR", Assert.Throws<HeliosException>(() => starling.Data.Set(name, 1)).Code);

        Assert.Empty(starling.Groups);
        Assert.Equal(0, _helios.Engine.Buffers.Rented);
    }

    [Fact]
    public async Task TooLongName_TheFault_NamesTheLimit() =>
        Assert.Contains("256 bytes", (await Assert.ThrowsAsync<HeliosException>(
            async () => await new Starling(_helios.Node, null).JoinAsync(new string('x', 257)))).Message, StringComparison.Ordinal);

    [Fact]
    public void FirstValue_OfAForgottenStarling_IsNotCounted()
    {
        var starling = new Starling(_helios.Node, null);
        starling.Life.Forget();

        starling.Data.Set("late", 1);

        Assert.Equal((1, 0), (starling.Data.Get<int>("late"), _helios.Engine.Buffers.Rented));
    }

    [Fact]
    public async Task Names_AreCountedInBytes_UntilTheyAreForgotten()
    {
        var (starling, buffers) = (new Starling(_helios.Node, null), _helios.Engine.Buffers);
        for (var i = 0; i < 10; i++)
        {
            await starling.JoinAsync(Name(i));
            await starling.JoinAsync(Name(i));
            starling.Data.Set(Name(i), i);
            starling.Data.Set(Name(i), i + 1);
        }

        Assert.InRange(buffers.Rented, 20 * 512, 20 * 1024);
        await starling.LeaveAsync(Name(0));
        await starling.LeaveAsync(Name(0));
        starling.Data.Remove(Name(0));
        starling.Data.Remove(Name(0));
        Assert.InRange(buffers.Rented, 18 * 512, 18 * 1024);
        starling.Life.Forget();
        Assert.Equal(0, buffers.Rented);
        // Handlers that still hold the starling cannot change it.
        starling.Data.Set("late", 1);
        starling.Data.Remove(Name(1));
        starling.Life.Forget();
        Assert.Equal(0, buffers.Rented);
    }

    [Fact]
    public async Task Names_OfOneStarling_LeaveMemoryForOthers()
    {
        var (greedy, other) = (new Starling(_helios.Node, null), new Starling(_helios.Node, null));

        Assert.Equal("RATE_QUOTA_EXCEEDED", (await Assert.ThrowsAsync<HeliosException>(() => JoinUntilItFailsAsync(greedy))).Code);
        Assert.Equal("RATE_QUOTA_EXCEEDED", Assert.Throws<HeliosException>(() => SetUntilItFails(greedy)).Code);

        Assert.True(_helios.Engine.Buffers.Rented < _helios.Options.MaxBufferedBytes);
        for (var i = 0; i < 50; i++) Assert.True(await other.JoinAsync(Name(i)));
    }

    private static async Task JoinUntilItFailsAsync(Starling starling)
    {
        for (var i = 0; i < 100_000; i++) await starling.JoinAsync(Name(i));
    }

    private static void SetUntilItFails(Starling starling)
    {
        for (var i = 0; i < 100_000; i++) starling.Data.Set(Name(i), i);
    }

    private static string Name(int number) => $"{number}".PadLeft(256, 'x');
}
