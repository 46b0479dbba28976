namespace HeliosStarling;

/// <summary>The data that health checks report besides their status.</summary>
internal static class HealthData
{
    public static IReadOnlyDictionary<string, object> Of(Helios helios)
    {
        var lanes = helios.Engine.Lanes;
        return new Dictionary<string, object>
        {
            ["connections"] = helios.Connections.Count,
            ["starlings"] = helios.Starlings.TotalCount,
            ["bufferedBytes"] = helios.Engine.Buffers.Rented,
            ["running"] = lanes.Pool.Running + lanes.Threads.Running,
            ["queued"] = lanes.Pool.Waiting + lanes.Threads.Waiting,
        };
    }
}
