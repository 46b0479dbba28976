namespace HeliosStarling.Chaos;

/// <summary>The next fault of a connection. It happens after the given number of frames of its place.</summary>
internal sealed record PlannedFault(Fault Fault, FaultPlace Place, int After, int Milliseconds)
{
    public static PlannedFault Choose(Random random)
    {
        var place = random.Next(100) switch
        {
            < 15 => FaultPlace.Handshake,
            < 35 => FaultPlace.Replay,
            < 55 => FaultPlace.Ack,
            < 65 => FaultPlace.Close,
            _ => FaultPlace.Steady,
        };
        // Silent faults are rare: each takes seconds until a side notices it.
        var fault = random.Next(100) switch
        {
            < 30 => Fault.Cut,
            < 60 => Fault.CutMidFrame,
            < 63 => Fault.HalfOpen,
            < 66 => Fault.BlackHole,
            < 85 => Fault.Delay,
            _ => Fault.SlowDrip,
        };
        return new PlannedFault(fault, place, place is FaultPlace.Steady ? random.Next(40) : random.Next(3), random.Next(1, 120));
    }
}
