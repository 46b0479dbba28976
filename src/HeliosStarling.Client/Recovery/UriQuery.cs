namespace HeliosStarling;

/// <summary>Extends the query of an address.</summary>
internal static class UriQuery
{
    /// <summary>Appends parameters to the query of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="more">Escaped names and values, without a question mark.</param>
    public static Uri Append(Uri address, string more) =>
        new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{more}" : more }.Uri;
}
