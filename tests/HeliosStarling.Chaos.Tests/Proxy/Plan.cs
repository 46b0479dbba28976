namespace HeliosStarling.Chaos;

/// <summary>What is to happen to a connection next: the fault strikes the given number of frames into its place.</summary>
internal sealed record Plan(Fault Fault, Place Place, int After, int Milliseconds)
{
    public static Plan Draw(Random random)
    {
        var place = random.Next(100) switch
        {
            < 15 => Place.Handshake,
            < 35 => Place.Replay,
            < 55 => Place.Ack,
            < 65 => Place.Close,
            _ => Place.Steady,
        };
        // Silent faults are rare: each costs its connection the seconds until somebody finds it dead.
        var fault = random.Next(100) switch
        {
            < 30 => Fault.Cut,
            < 60 => Fault.CutMidFrame,
            < 63 => Fault.HalfOpen,
            < 66 => Fault.BlackHole,
            < 85 => Fault.Delay,
            _ => Fault.SlowDrip,
        };
        return new Plan(fault, place, place is Place.Steady ? random.Next(40) : random.Next(3), random.Next(1, 120));
    }
}
