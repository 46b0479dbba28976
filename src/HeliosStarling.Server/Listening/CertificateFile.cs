using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>A certificate in PEM files that another program renews, for example certbot.</summary>
/// <param name="path">The file with the certificate, followed by its intermediate certificates.</param>
/// <param name="keyPath">The file with the private key; null when it is in the same file.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs certificates that cannot be used.</param>
/// <remarks>
/// Safe to call concurrently. The files are not watched: file watchers miss files that are renewed by replacing a symbolic link.
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
    /// <exception cref="InvalidOperationException">The files cannot be used.</exception>
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
    /// Reads the files again if the last read is at least a minute ago. If they cannot be used, the certificate stays.
    /// </summary>
    public void Renew()
    {
        // Other handshakes continue with the current certificate.
        if (!_lock.TryEnter()) return;
        try
        {
            if (time.GetElapsedTime(_readAt) >= s_interval) Read();
        }
        catch (Exception exception) when (IsFault(exception))
        {
            // Certificate and key are not replaced at the same moment, so they may not match for a short time.
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

    // Windows does not accept a key that is in memory only.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static bool IsFault(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
