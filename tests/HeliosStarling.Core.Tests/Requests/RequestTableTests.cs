namespace HeliosStarling;

public class RequestTableTests
{
    private readonly RequestTable<string> _table = new();
    private readonly Guid _id = Guid.NewGuid();

    [Fact]
    public void TryAdd_IdIsOpen_IsFalseAndTheFirstStays()
    {
        _table.TryAdd(_id, "first");

        Assert.False(_table.TryAdd(_id, "second"));

        Assert.True(_table.TryGet(_id, out var found));
        Assert.Equal("first", found);
    }

    [Fact]
    public void TryRemove_Open_IdCanBeUsedAgain()
    {
        _table.TryAdd(_id, "first");

        Assert.True(_table.TryRemove(_id, out _));

        Assert.False(_table.TryGet(_id, out _));
        Assert.True(_table.TryAdd(_id, "second"));
    }

    [Fact]
    public void Drain_Open_TakesAllAndTakesMoreLater()
    {
        _table.TryAdd(_id, "first");
        _table.TryAdd(Guid.NewGuid(), "second");

        Assert.Equal(["first", "second"], _table.Drain(close: false).Order());

        Assert.Equal(0, _table.Count);
        Assert.True(_table.TryAdd(_id, "third"));
    }

    [Fact]
    public void TryAdd_Closed_IsFalse()
    {
        _table.Drain(close: true);

        Assert.False(_table.TryAdd(_id, "late"));
    }

    [Fact]
    public void AddAndDrain_FromManyThreads_EachIsTakenOnce()
    {
        var taken = 0;
        Parallel.For(0, 2000, i =>
        {
            if (i % 50 == 0) Interlocked.Add(ref taken, _table.Drain(close: false).Count);
            else _table.TryAdd(Guid.NewGuid(), "x");
        });

        Assert.Equal(2000 - 40, taken + _table.Count);
    }
}
