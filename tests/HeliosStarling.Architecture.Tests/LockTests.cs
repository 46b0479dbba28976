using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HeliosStarling;

/// <summary>An object that locks on itself is one that no code outside the room can lock on.</summary>
public class LockTests
{
    public static TheoryData<string> Rooms => [.. Room.All.Select(static room => room.Name)];

    [Theory, MemberData(nameof(Rooms))]
    public void LocksOnThis_StandInSealedInternalTypesAlone(string room)
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
