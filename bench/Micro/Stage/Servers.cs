namespace HeliosStarling.Micro;

/// <summary>Servers in which no limit is met.</summary>
internal static class Servers
{
    private const int Many = 1_000_000;

    /// <param name="clients">How many connect at most, or are held.</param>
    public static Helios Create(int clients = Many)
    {
        var helios = Helios.Create(options =>
        {
            options.Json.TypeInfoResolverChain.Insert(0, MicroJson.Default);
            options.TimeProvider = new QuietTime();
            options.MaxConnections = clients;
            options.MaxBufferedBytes = 16L * 1024 * 1024 * 1024;
        });
        helios.Method(Texts.Method, (Payload payload, RequestContext _) => payload);
        helios.On(Texts.Topic, (Payload _, TopicContext _) => { });
        return helios;
    }
}
