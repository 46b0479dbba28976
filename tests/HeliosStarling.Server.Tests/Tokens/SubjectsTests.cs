using System.Security.Claims;

namespace HeliosStarling.Tokens;

public class SubjectsTests
{
    [Fact]
    public void Of_FirstIdentityIsAnonymous_TheFirstSignedInCounts()
    {
        var user = new ClaimsPrincipal([new ClaimsIdentity([new Claim("sub", "nobody")]), new ClaimsIdentity([new Claim("sub", "ada")], "test")]);
        Assert.Equal("ada", Subjects.Of(user));
    }

    [Fact]
    public async Task Of_SignedInWithoutAnyName_IsNotTheAnonymousOne()
    {
        var (nameless, anonymous) = (Subjects.Of(new ClaimsPrincipal(new ClaimsIdentity("test"))), Subjects.Of(new ClaimsPrincipal(new ClaimsIdentity())));
        var harness = new TokenHarness();

        Assert.Equal("STATE_TOKEN_INVALID", await harness.ReadAsync(await harness.IssueAsync(subject: nameless), subject: anonymous));
        Assert.Equal("STATE_TOKEN_INVALID", await harness.ReadAsync(await harness.IssueAsync(subject: anonymous), subject: nameless));
        Assert.Null(await harness.ReadAsync(await harness.IssueAsync(subject: nameless), subject: nameless));
    }
}
