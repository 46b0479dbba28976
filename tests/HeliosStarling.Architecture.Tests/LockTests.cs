using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HeliosStarling;

/// <summary>Only objects that no code outside the room can reach lock on themselves.</summary>
public class LockTests
{
    public static TheoryData<string> Rooms => [.. Room.All.Select(static room => room.Name)];

    [Theory, MemberData(nameof(Rooms))]
    public void LocksOnThis_AreInSealedInternalTypesOnly(string room)
    {
        var open =
            from type in RoomSources.Of(room).Types()
            where !type.Type.IsSealed || type.Type.DeclaredAccessibility == Accessibility.Public
            from part in type.Parts
            where part.DescendantNodes().OfType<LockStatementSyntax>().Any(static one => one.Expression is ThisExpressionSyntax)
            select type.Type.Name;
        Assert.Empty(open);
    }
}
