namespace HeliosStarling;

/// <summary>Converts the application's address for a WebSocket.</summary>
internal static class ServerAddress
{
    /// <summary>Replaces the scheme by <c>ws</c> or <c>wss</c>.</summary>
    /// <exception cref="ArgumentException">The address is not valid. The message does not contain it, because it may contain a
    /// secret.</exception>
    public static Uri Of(Uri url)
    {
        if (!url.IsAbsoluteUri || SchemeOf(url.Scheme) is not { } scheme)
            throw new ArgumentException("The server's address must be absolute and begin with ws://, wss://, http:// or https://.");
        if (url.UserInfo.Length > 0)
            throw new ArgumentException("The server's address must not hold a user name or password, which no WebSocket sends. Take them out, and give a ticket with AccessTokenProvider or a header with ConfigureWebSocket.");
        return new UriBuilder(url) { Scheme = scheme, Port = url.IsDefaultPort ? -1 : url.Port, Fragment = "" }.Uri;
    }

    private static string? SchemeOf(string scheme) => scheme switch
    {
        "ws" or "http" => "ws",
        "wss" or "https" => "wss",
        _ => null,
    };
}
