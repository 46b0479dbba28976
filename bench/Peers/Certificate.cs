using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HeliosStarling.Peers;

/// <summary>A certificate that nobody trusts, for peers that are served over TLS.</summary>
internal static class Certificate
{
    private static readonly TimeSpan s_life = TimeSpan.FromDays(1);

    public static X509Certificate2 Own { get; } = Make();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow - s_life, DateTimeOffset.UtcNow + s_life);
    }
}
