using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace HeliosStarling;

/// <summary>The TLS settings of a server's lean listeners, with the newest certificate.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class LeanTls
{
    private readonly Lock _lock = new();
    private readonly SslServerAuthenticationOptions? _options;
    private readonly CertificateFile? _file;
    private X509Certificate2? _certificate;
    private SslStreamCertificateContext? _context;

    public LeanTls(HeliosOptions options, Engine engine)
    {
        _file = options.TlsCertificateFile is { } path ? new CertificateFile(path, options.TlsKeyFile, engine.Time, engine.Logger) : null;
        _options = options.Tls ?? (_file is null ? null : new SslServerAuthenticationOptions());
    }

    /// <summary>Loads the certificate before the first connection.</summary>
    /// <exception cref="InvalidOperationException">There are no settings, or the certificate file cannot be used.</exception>
    public void Load()
    {
        if (_options is null)
            throw new InvalidOperationException("Tls is null; an https address needs it. Set options.Tls to SslServerAuthenticationOptions with a certificate or options.TlsCertificateFile to a PEM file, or listen on http.");
        _file?.Load();
        Update();
    }

    /// <summary>Gets the settings for the next handshake.</summary>
    public SslServerAuthenticationOptions Current()
    {
        _file?.Renew();
        Update();
        return _options!;
    }

    // One context is created for each certificate. With a new context each handshake would build the certificate chain again, and TLS
    // sessions could not be resumed.
    private void Update()
    {
        lock (_lock)
        {
            var context = _file?.Context ?? ContextOfApplication();
            if (context == _context) return;
            _options!.ServerCertificateContext = _context = context;
        }
    }

    /// <summary>Gets the context of the application, which may set another certificate or context at any time.</summary>
    private SslStreamCertificateContext? ContextOfApplication()
    {
        if (_options!.ServerCertificateContext != _context) return _options.ServerCertificateContext;
        if (_options.ServerCertificate is not X509Certificate2 certificate || certificate == _certificate) return _context;
        // A context that the application has set has precedence over its certificate.
        if (_certificate is null && _context is not null) return _context;
        _certificate = certificate;
        return SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }
}
