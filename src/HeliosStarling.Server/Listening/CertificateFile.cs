using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>A certificate in PEM files that something else renews, certbot for example.</summary>
/// <param name="path">The certificate, followed by those that lead to its root.</param>
/// <param name="keyPath">The private key; null when it stands in the same file.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where a certificate that cannot be used is told.</param>
/// <remarks>
/// Safe to call concurrently. The files are read, not watched: watchers miss files that are renewed by replacing a symbolic link.
/// </remarks>
internal sealed class CertificateFile(string path, string? keyPath, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private byte[] _hash = [];
    private long _readAt;
    private volatile SslStreamCertificateContext? _context;

    /// <summary>The newest certificate; null before the first one is loaded.</summary>
    public SslStreamCertificateContext? Context => _context;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="InvalidOperationException">They cannot be used.</exception>
    public void Load()
    {
        lock (_lock)
        {
            try
            {
                Read();
            }
            catch (Exception exception) when (IsFault(exception))
            {
                throw new InvalidOperationException($"TlsCertificateFile is '{path}'{KeyPart}, which cannot be used: {exception.Message} It must be a readable PEM file with the certificate, and its private key unless TlsKeyFile has it.", exception);
            }
        }
    }

    /// <summary>
    /// Reads the files again, when they were not read for a minute. Files that cannot be used leave the certificate as it is.
    /// </summary>
    public void Renew()
    {
        // Other handshakes go on with the certificate that is there.
        if (!_lock.TryEnter()) return;
        try
        {
            if (time.GetElapsedTime(_readAt) >= s_interval) Read();
        }
        catch (Exception exception) when (IsFault(exception))
        {
            // Certificate and key are not renewed in the same moment, so they may not fit for a while.
            logger.CertificateNotRenewed(path, exception.Message);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private string KeyPart => keyPath is null ? "" : $" with TlsKeyFile '{keyPath}'";

    private void Read()
    {
        _readAt = time.GetTimestamp();
        var text = File.ReadAllText(path);
        var key = keyPath is null ? text : File.ReadAllText(keyPath);
        var hash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text + key));
        if (hash.AsSpan().SequenceEqual(_hash)) return;
        var certificate = Usable(X509Certificate2.CreateFromPem(text, key));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(text);
        _context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        _hash = hash;
        logger.CertificateLoaded(certificate.Subject, certificate.NotAfter.ToUniversalTime());
    }

    // Windows takes no key that is in memory alone.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static bool IsFault(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
