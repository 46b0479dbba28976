using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace HeliosStarling;

/// <summary>The TLS settings of the lean listeners of a server, always with the newest certificate.</summary>
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

    /// <summary>Reads the certificate, before the first connection.</summary>
    /// <exception cref="InvalidOperationException">There are no settings, or the certificate file cannot be used.</exception>
    public void Load()
    {
        if (_options is null)
            throw new InvalidOperationException("Tls is null; an https address needs it. Set options.Tls to SslServerAuthenticationOptions with a certificate or options.TlsCertificateFile to a PEM file, or listen on http.");
        _file?.Load();
        Update();
    }

    /// <summary>The settings for the next handshake.</summary>
    public SslServerAuthenticationOptions Current()
    {
        _file?.Renew();
        Update();
        return _options!;
    }

    // A context is made once for each certificate. Otherwise each handshake would build the certificate's chain again, and no session would
    // resume.
    private void Update()
    {
        lock (_lock)
        {
            var context = _file?.Context ?? ContextOfApplication();
            if (context == _context) return;
            _options!.ServerCertificateContext = _context = context;
        }
    }

    /// <summary>The application may set another certificate, or a context of its own, at any time.</summary>
    private SslStreamCertificateContext? ContextOfApplication()
    {
        if (_options!.ServerCertificateContext != _context) return _options.ServerCertificateContext;
        if (_options.ServerCertificate is not X509Certificate2 certificate || certificate == _certificate) return _context;
        // A context that the application has set counts before its certificate.
        if (_certificate is null && _context is not null) return _context;
        _certificate = certificate;
        return SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }
}
