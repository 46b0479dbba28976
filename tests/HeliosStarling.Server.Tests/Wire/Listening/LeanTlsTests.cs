namespace HeliosStarling.Wire;

/// <summary>Clients that the lean listener refuses during the TLS handshake free their places.</summary>
public sealed class LeanTlsTests
{
    // One address has 32 of the 128 places.
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
            // With TLS 1.3 the client's handshake ends before the server checks its certificate.
            await using var stream = await server.OpenAsync();
            Assert.True(await HasEndedAsync(stream));
        }
        isRefusing = false;

        await using var client = await server.ConnectAsync();

        await client.ExpectAliveAsync();
    }

    // The system's TLS decides whether the server sends a reason.
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
