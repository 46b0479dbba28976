using System.Net;

namespace HeliosStarling;

/// <summary>A place of <see cref="OpeningPlaces"/>. Disposing it returns the place once.</summary>
internal sealed class OpeningPlace(OpeningPlaces places, IPAddress? address) : IDisposable
{
    private int _isReturned;

    public IPAddress? Address => address;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReturned, 1) == 0) places.Return(address);
    }
}
