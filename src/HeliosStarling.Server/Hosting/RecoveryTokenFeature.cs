namespace HeliosStarling;

/// <summary>The recovery token of a request, which was taken out of it before anybody could log it.</summary>
/// <remarks>No record: its text would show the token.</remarks>
internal sealed class RecoveryTokenFeature(string token)
{
    public string Token => token;
}
