namespace HeliosStarling;

/// <summary>The folders of a room stand in an order: each uses only those that stand before it.</summary>
public class FolderOrderTests
{
    private static readonly Dictionary<string, string[]> s_orders = new()
    {
        ["HeliosStarling.Core"] =
        [
            "Threads", "Errors", "Json", "Validation", "Filters", "Buffers", "Lanes", "Observability", "Frames", "Outboxes", "Events",
            "Sessions", "Outbound", "Inbound", "Methods", "Topics", "Dispatch", "Handlers",
        ],
    };

    public static TheoryData<string> Rooms => [.. s_orders.Keys];

    [Theory, MemberData(nameof(Rooms))]
    public void Folders_OfARoom_HaveAPlaceInTheOrder(string room) =>
        Assert.Empty(FoldersOf(room).Except(s_orders[room]));

    [Theory, MemberData(nameof(Rooms))]
    public void Order_NamesNoFolderThatIsGone(string room) =>
        Assert.Empty(s_orders[room].Except(FoldersOf(room)));

    [Theory, MemberData(nameof(Rooms))]
    public void Folders_UseOnlyThoseBelow(string room)
    {
        var order = s_orders[room];
        var uses = RoomSources.Of(room).Uses().ToList();
        // Else nothing was found at all.
        Assert.True(uses.Count > 100);
        Assert.Empty(uses.Where(use => Array.IndexOf(order, use.To) > Array.IndexOf(order, use.From))
            .Select(static use => $"{use.From}/{use.File} uses {use.To}/{use.Name}")
            .Distinct());
    }

    private static IEnumerable<string> FoldersOf(string room)
    {
        var sources = RoomSources.Of(room);
        return sources.Trees.Select(sources.FolderOf).Distinct();
    }
}
