namespace HeliosStarling.Cluster;

/// <summary>The contract of <see cref="IStateStore"/>, with and without fences.</summary>
public abstract class StateStoreContract
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private protected abstract IStateStore Store { get; }

    private IFencedStateStore Fenced => Assert.IsAssignableFrom<IFencedStateStore>(Store);

    [Fact]
    public async Task Get_OfNothing_IsNull() => Assert.Null(await Store.GetAsync("key"));

    [Fact]
    public async Task Set_TakesThePlaceOfTheEarlierOne_AndOfNoOther()
    {
        await Store.SetAsync("key", new byte[] { 1 }, s_hour);
        await Store.SetAsync("KEY", new byte[] { 2 }, s_hour);

        await Store.SetAsync("key", new byte[] { 3 }, s_hour);

        Assert.Equal([3], await ReadAsync("key"));
        Assert.Equal([2], await ReadAsync("KEY"));
    }

    [Fact]
    public async Task Value_MayBeEmpty_AndIsCopied()
    {
        var value = new byte[] { 1 };
        await Store.SetAsync("key", value, s_hour);
        await Store.SetAsync("empty", default, s_hour);
        value[0] = 2;

        Assert.Equal([1], await ReadAsync("key"));
        Assert.Empty((await ReadAsync("empty"))!);
    }

    [Fact]
    public async Task Value_IsKeptForItsTime_AndGoneAfterwards()
    {
        await Store.SetAsync("key", new byte[] { 1 }, s_hour);
        await PassAsync(s_hour * 0.9);
        Assert.NotNull(await Store.GetAsync("key"));

        await PassAsync(s_hour * 0.2);

        Assert.Null(await Store.GetAsync("key"));
    }

    [Fact]
    public async Task Set_Again_CountsTheTimeFromThenOn()
    {
        await Store.SetAsync("key", new byte[] { 1 }, s_hour);
        await PassAsync(s_hour * 0.9);

        await Store.SetAsync("key", new byte[] { 2 }, s_hour);
        await PassAsync(s_hour * 0.9);

        Assert.Equal([2], await ReadAsync("key"));
    }

    [Fact]
    public async Task Remove_ForgetsIt_AndRepeatedNothingHappens()
    {
        await Store.SetAsync("key", new byte[] { 1 }, s_hour);
        await Store.SetAsync("other", new byte[] { 2 }, s_hour);

        await Store.RemoveAsync("key");
        await Store.RemoveAsync("key");

        Assert.Null(await Store.GetAsync("key"));
        Assert.NotNull(await Store.GetAsync("other"));
    }

    [Fact]
    public async Task Key_OfTwoHundredCharacters_IsKept()
    {
        await Store.SetAsync(new string('k', 200), new byte[] { 1 }, s_hour);

        Assert.Equal([1], await ReadAsync(new string('k', 200)));
    }

    [Fact]
    public async Task Fence_OfALaterOwner_TakesThePlace_AndTheEarlierOwnerIsRefused()
    {
        Assert.True(await Fenced.TrySetAsync("key", 5, new byte[] { 5 }, s_hour));
        Assert.True(await Fenced.TrySetAsync("key", 6, new byte[] { 6 }, s_hour));

        Assert.False(await Fenced.TrySetAsync("key", 5, new byte[] { 7 }, s_hour));

        Assert.Equal([6], await ReadAsync("key"));
    }

    [Fact]
    public async Task Fence_Equal_MayBeRepeated()
    {
        Assert.True(await Fenced.TrySetAsync("key", 5, new byte[] { 1 }, s_hour));
        Assert.True(await Fenced.TrySetAsync("key", 5, new byte[] { 2 }, s_hour));

        Assert.Equal([2], await ReadAsync("key"));
    }

    [Fact]
    public async Task Fence_OfOneKey_IsNotThatOfAnother()
    {
        await Fenced.TrySetAsync("key", 6, new byte[] { 1 }, s_hour);

        Assert.True(await Fenced.TrySetAsync("other", 5, new byte[] { 2 }, s_hour));
    }

    [Fact]
    public async Task Fence_Refused_DoesNotProlong_AndIsForgottenWithTheValue()
    {
        await Fenced.TrySetAsync("key", 6, new byte[] { 6 }, s_hour);
        await PassAsync(s_hour * 0.9);
        Assert.False(await Fenced.TrySetAsync("key", 5, new byte[] { 5 }, s_hour));

        await PassAsync(s_hour * 0.2);

        Assert.Null(await Store.GetAsync("key"));
        Assert.True(await Fenced.TrySetAsync("key", 5, new byte[] { 5 }, s_hour));
    }

    /// <summary>Advances the store's clock.</summary>
    private protected abstract Task PassAsync(TimeSpan time);

    private async Task<byte[]?> ReadAsync(string key) => (await Store.GetAsync(key))?.ToArray();
}
