namespace HeliosStarling.Allocations;

/// <summary>Joining and leaving a group with other members.</summary>
public class GroupTests : AllocationTest
{
    [Fact]
    public async Task JoinAndLeave_ServerThatStandsAlone_EndAtOnceAndAllocateNothing()
    {
        var (_, member) = await ConnectAsync();
        var (_, starling) = await ConnectAsync();
        await member.JoinAsync("lobby");

        var bytes = BytesPerMessage(() =>
        {
            for (var i = 0; i < Messages; i++)
            {
                Expect(starling.JoinAsync("lobby"));
                Expect(starling.LeaveAsync("lobby"));
            }
        });

        Assert.Equal(0, bytes);
    }

    private static void Expect(ValueTask<bool> changed) => Assert.True(changed.IsCompletedSuccessfully && changed.Result);
}
