namespace HeliosStarling;

/// <summary>The folders of a room have an order: each uses only folders before it.</summary>
public class FolderOrderTests
{
    private static readonly Dictionary<string, string[]> s_orders = new()
    {
        ["HeliosStarling.Core"] =
        [
            "Threads", "Errors", "Json", "Validation", "Filters", "Buffers", "Lanes", "Observability", "Frames", "Outboxes", "Events",
            "Sessions", "Outbound", "Inbound", "Methods", "Topics", "Dispatch", "Handlers",
        ],
        ["HeliosStarling.Server"] =
        [
            "Framing", "Polling", "Upgrades", "Tokens", "RateLimits", "Options", "Observability", "Transport", "Cluster", "Starlings",
            "Authentication", "Methods", "Messages", "Authorization", "Connections", "Listening", "", "Hosting", "Health",
        ],
    };

    // Public types that lower folders may name in signatures without using their members.
    private static readonly string[] s_facades = ["Helios", "Starling"];

    public static TheoryData<string> Rooms => [.. s_orders.Keys];

    [Theory, MemberData(nameof(Rooms))]
    public void Folders_OfARoom_HaveAPlaceInTheOrder(string room) =>
        Assert.Empty(FoldersOf(room).Except(s_orders[room]));

    [Theory, MemberData(nameof(Rooms))]
    public void Order_NamesOnlyExistingFolders(string room) =>
        Assert.Empty(s_orders[room].Except(FoldersOf(room)));

    [Theory, MemberData(nameof(Rooms))]
    public void Folders_UseOnlyThoseBelow(string room)
    {
        var order = s_orders[room];
        var uses = RoomSources.Of(room).Uses().ToList();
        // Guards against a search that finds nothing.
        Assert.True(uses.Count > 100);
        var upward = uses
            .Where(use => (use.IsMember || !s_facades.Contains(use.Name)) && Array.IndexOf(order, use.To) > Array.IndexOf(order, use.From))
            .Select(static use => $"{use.From}/{use.File} uses {use.To}/{use.Name}")
            .Distinct()
            .ToList();
        Assert.True(upward.Count == 0, string.Join(Environment.NewLine, upward));
    }

    private static IEnumerable<string> FoldersOf(string room)
    {
        var sources = RoomSources.Of(room);
        return sources.Trees.Select(sources.FolderOf).Distinct();
    }
}
