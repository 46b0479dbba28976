namespace HeliosStarling.Micro;

/// <summary>Servers with limits so high that no benchmark reaches them.</summary>
internal static class Servers
{
    private const int Many = 1_000_000;

    /// <param name="clients">The most clients that are connected or held.</param>
    public static Helios Create(int clients = Many)
    {
        var helios = Helios.Create(options =>
        {
            options.Json.TypeInfoResolverChain.Insert(0, MicroJson.Default);
            options.TimeProvider = new TimeWithoutTimers();
            options.MaxConnections = clients;
            options.MaxBufferedBytes = 16L * 1024 * 1024 * 1024;
        });
        helios.Method(SampleMessages.Method, (Payload payload, RequestContext _) => payload);
        helios.On(SampleMessages.Topic, (Payload _, TopicContext _) => { });
        return helios;
    }
}
