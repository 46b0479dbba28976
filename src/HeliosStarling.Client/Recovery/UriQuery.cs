namespace HeliosStarling;

/// <summary>Adds to the query of an address.</summary>
internal static class UriQuery
{
    /// <summary>The address with more behind the query that it has.</summary>
    /// <param name="address">The address.</param>
    /// <param name="more">Names and values, escaped, without a question mark.</param>
    public static Uri Append(Uri address, string more) =>
        new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{more}" : more }.Uri;
}
