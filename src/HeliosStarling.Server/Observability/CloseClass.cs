using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Close codes as metric tags: the codes of the protocol each, all others by their thousands, since peers can choose any.
/// </summary>
internal static class CloseClass
{
    public static string Of(int code) => code switch
    {
        CloseCode.Normal => "1000",
        CloseCode.GoingAway => "1001",
        CloseCode.ProtocolError => "1002",
        CloseCode.Unsupported => "1003",
        CloseInfo.NoCode => "1005",
        CloseInfo.LostCode => "1006",
        CloseCode.InvalidUtf8 => "1007",
        CloseCode.Policy => "1008",
        CloseCode.TooLarge => "1009",
        CloseCode.ServerFault => "1011",
        CloseCode.Superseded => "4000",
        CloseCode.RecoveryRefused => "4001",
        CloseCode.ClosedForGood => "4002",
        CloseCode.TooSlow => "4003",
        CloseCode.LivenessTimeout => "4008",
        CloseCode.RateLimited => "4029",
        < 3000 => "1xxx",
        < 4000 => "3xxx",
        _ => "4xxx",
    };
}
