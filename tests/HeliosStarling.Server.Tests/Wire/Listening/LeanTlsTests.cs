namespace HeliosStarling.Wire;

/// <summary>Clients that the lean listener refuses during the TLS handshake leave nothing behind.</summary>
public sealed class LeanTlsTests
{
    // Of 128 places one address has 32.
    private const int MoreThanThePlaces = 33;

    [Fact]
    public async Task Clients_WhoseCertificateIsRefused_AreDisconnectedAndGiveTheirPlacesBack()
    {
        var isRefusing = true;
        await using var server = await LeanServer.StartAsync(
            new ServerSetup(null, options =>
            {
                options.MaxConnections = 1;
                options.Tls!.ClientCertificateRequired = true;
                options.Tls.RemoteCertificateValidationCallback = (_, _, _, _) => !isRefusing;
            }),
            new WireAddress(AddressKind.Tls));
        for (var i = 0; i < MoreThanThePlaces; i++)
        {
            // With TLS 1.3 the client is done before the server looks at its certificate.
            await using var stream = await server.OpenAsync();
            Assert.True(await HasEndedAsync(stream));
        }
        isRefusing = false;

        await using var client = await server.ConnectAsync();

        await client.ExpectAliveAsync();
    }

    // Whether the server says why it ends the connection is up to the system's TLS.
    private static async Task<bool> HasEndedAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1]).AsTask().InTime() == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
