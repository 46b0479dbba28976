namespace HeliosStarling;

/// <summary>The recovery token of a request. It has been removed from the request so that it is not logged.</summary>
/// <remarks>This is not a record, because ToString of a record would show the token.</remarks>
internal sealed class RecoveryTokenFeature(string token)
{
    public string Token => token;
}
