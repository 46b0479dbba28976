using Microsoft.AspNetCore.Http;

namespace HeliosStarling;

/// <summary>A request's headers as filters of upgrades read them: names in any case, the values of repeated ones joined by commas.</summary>
internal static class HttpHeaders
{
    /// <summary>
    /// Copies them: ASP.NET Core uses the same object for the next request of the same transport, which behind a proxy is another client's.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Copy(IHeaderDictionary headers)
    {
        var copy = new Dictionary<string, string>(headers.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in headers) copy[name] = values.ToString();
        return copy;
    }
}
