using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Wire;

/// <summary>A certificate of the lean listener is renewed without a restart.</summary>
public sealed class LeanCertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("helios-").FullName;

    private string CertificatePath => Path.Combine(_folder, "fullchain.pem");

    private string KeyPath => Path.Combine(_folder, "privkey.pem");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CertificateFile_Renewed_IsUsedWithinAMinute()
    {
        Write("CN=first");
        await using var server = await StartAsync();
        Assert.Equal("CN=first", await SubjectOfAsync(server));
        Write("CN=second");

        Assert.Equal("CN=first", await SubjectOfAsync(server));
        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CN=second", await SubjectOfAsync(server));
        Assert.Equal(["CN=first", "CN=second"], server.Log.Entries
            .Select(entry => entry.Text)
            .Where(text => text.StartsWith("The certificate of", StringComparison.Ordinal))
            .Select(text => text.Split(' ')[3]));
    }

    [Fact]
    public async Task CertificateFile_RenewedAheadOfItsKey_LeavesTheOldOneUntilBothFit()
    {
        Write("CN=first");
        await using var server = await StartAsync();
        var renewed = Create("CN=second");
        File.WriteAllText(CertificatePath, renewed.ExportCertificatePem());
        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CN=first", await SubjectOfAsync(server));
        File.WriteAllText(KeyPath, renewed.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CN=second", await SubjectOfAsync(server));
        Assert.Single(server.Log.Entries, entry => entry.Level == LogLevel.Warning
            && entry.Text.StartsWith($"The certificate in {CertificatePath} cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CertificateFile_Gone_LeavesTheOldOne()
    {
        Write("CN=first");
        await using var server = await StartAsync();
        File.Delete(KeyPath);
        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CN=first", await SubjectOfAsync(server));
    }

    [Fact]
    public async Task CertificateFile_WithItsKey_IsEnough()
    {
        var certificate = Create("CN=alone");
        File.WriteAllText(
            CertificatePath, certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using var server = await StartAsync(options => options.TlsKeyFile = null);

        Assert.Equal("CN=alone", await SubjectOfAsync(server));
    }

    [Fact]
    public async Task CertificateFile_ThatIsMissing_StopsTheStartAndSaysWhich()
    {
        await using var helios = Helios.Create(options => options.TlsCertificateFile = CertificatePath);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => helios.StartAsync("https://127.0.0.1:0"));

        Assert.StartsWith($"TlsCertificateFile is '{CertificatePath}', which cannot be used", thrown.Message);
    }

    [Fact]
    public async Task Certificate_SetAgainInTls_IsUsedByTheNextConnection()
    {
        var tls = new SslServerAuthenticationOptions { ServerCertificate = Create("CN=first") };
        await using var server = await StartAsync(
            options => (options.Tls, options.TlsCertificateFile, options.TlsKeyFile) = (tls, null, null));
        Assert.Equal("CN=first", await SubjectOfAsync(server));

        tls.ServerCertificate = Create("CN=second");

        Assert.Equal("CN=second", await SubjectOfAsync(server));
    }

    [Fact]
    public async Task CertificateCallback_InTls_IsAskedForEachConnection()
    {
        var certificate = Create("CN=first");
        var tls = new SslServerAuthenticationOptions { ServerCertificateSelectionCallback = (_, _) => certificate };
        await using var server = await StartAsync(
            options => (options.Tls, options.TlsCertificateFile, options.TlsKeyFile) = (tls, null, null));
        Assert.Equal("CN=first", await SubjectOfAsync(server));

        certificate = Create("CN=second");

        Assert.Equal("CN=second", await SubjectOfAsync(server));
    }

    private Task<WireServer> StartAsync(Action<HeliosOptions>? configure = null) => LeanServer.StartAsync(
        new ServerSetup(null, options =>
        {
            (options.Tls, options.TlsCertificateFile, options.TlsKeyFile) = (null, CertificatePath, KeyPath);
            configure?.Invoke(options);
        }),
        new WireAddress(AddressKind.Tls));

    private static async Task<string> SubjectOfAsync(WireServer server)
    {
        await using var tls = new SslStream(await server.OpenSocketAsync());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }).InTime();
        return tls.RemoteCertificate!.Subject;
    }

    private void Write(string subject)
    {
        var certificate = Create(subject);
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Create(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
