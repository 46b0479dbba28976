namespace HeliosStarling.Peers;

/// <summary>The echo of frames behind ASP.NET Core.</summary>
internal static class FramesEndpoint
{
    public static async Task RunAsync(HttpContext context)
    {
        var request = new HttpUpgradeRequest(context);
        if (UpgradeRules.CheckHandshake(request, out var acceptance) is { } refusal)
        {
            await request.RefuseAsync(refusal);
            return;
        }
        var stream = await request.TryAcceptAsync(acceptance!) ?? throw new InvalidOperationException(
            "The web server takes no more upgraded connections. Raise MaxConcurrentUpgradedConnections.");
        using var connection = new FramesConnection(stream);
        await connection.RunAsync(ReadOnlyMemory<byte>.Empty);
    }
}
