using System.Reflection;
using HeliosStarling.Protocol;

namespace HeliosStarling.Observability;

public class BoundedCodesTests
{
    [Fact]
    public void Standard_Codes_AreThoseOfTheProtocol()
    {
        var codes = typeof(ErrorCodes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(codes.Order(StringComparer.Ordinal), BoundedCodes.Standard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bound_MoreCodesThanThereIsRoomFor_BecomeOneAndTheProtocolsStay()
    {
        var codes = new BoundedCodes();
        var seen = Enumerable.Range(0, 1000).Select(number => codes.Bound($"CODE_{number}")).ToHashSet();

        Assert.Equal(BoundedCodes.MaxOthers + 1, seen.Count);
        Assert.Contains("_OTHER", seen);
        Assert.Equal("CODE_7", codes.Bound("CODE_7"));
        Assert.Equal(ErrorCodes.RequestTimeout, codes.Bound(ErrorCodes.RequestTimeout));
    }
}
