using System.Security.Claims;

namespace HeliosStarling.Recovery;

/// <summary>A user of the application's own type, which throws once, at the n-th read of its identities.</summary>
internal sealed class FaultyUser(int n) : ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ada")], "test"))
{
    private int _left = n;

    /// <summary>Whether every read throws.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether it has thrown.</summary>
    public bool HasFailed { get; private set; }

    public override IEnumerable<ClaimsIdentity> Identities
    {
        get
        {
            if (!IsBroken && Interlocked.Decrement(ref _left) != 0) return base.Identities;
            HasFailed = true;
            throw new InvalidOperationException("A fault of the test.");
        }
    }
}
