using System.Security.Claims;

namespace HeliosStarling.Tokens;

public class SubjectsTests
{
    [Fact]
    public void Of_FirstIdentityIsAnonymous_TheFirstSignedInCounts()
    {
        var user =
            new ClaimsPrincipal([new ClaimsIdentity([new Claim("sub", "nobody")]), new ClaimsIdentity([new Claim("sub", "ada")], "test")]);
        Assert.Equal("ada", Subjects.Of(user));
    }

    [Fact]
    public async Task Of_SignedInWithoutAnyName_IsNotTheAnonymousOne()
    {
        var (nameless, anonymous) = (
            Subjects.Of(new ClaimsPrincipal(new ClaimsIdentity("test"))), Subjects.Of(new ClaimsPrincipal(new ClaimsIdentity())));
        var harness = new TokenHarness();

        Assert.Equal("STATE_TOKEN_INVALID", await harness.ReadAsync(await harness.IssueAsync(subject: nameless), subject: anonymous));
        Assert.Equal("STATE_TOKEN_INVALID", await harness.ReadAsync(await harness.IssueAsync(subject: anonymous), subject: nameless));
        Assert.Null(await harness.ReadAsync(await harness.IssueAsync(subject: nameless), subject: nameless));
    }

    [Theory]
    [InlineData(257)]
    [InlineData(2600)]
    [InlineData(1_000_000)]
    public async Task Of_LongIdentifier_IsShort_StillTheSameUserAndNoOther(int length)
    {
        var (one, same, other) = (Named(new string('x', length)), Named(new string('x', length)), Named(new string('x', length - 1) + "y"));
        var harness = new TokenHarness();

        Assert.InRange(Subjects.Of(one)!.Length, 1, 256);
        var token = await harness.IssueAsync(subject: Subjects.Of(one));
        Assert.Null(await harness.ReadAsync(token, subject: Subjects.Of(same)));
        Assert.Equal("STATE_TOKEN_INVALID", await harness.ReadAsync(token, subject: Subjects.Of(other)));
        // A user id that equals the hash of another user id is a different user.
        Assert.NotEqual(Subjects.Of(one), Subjects.Of(Named(Subjects.Of(one)!)));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('<')]
    [InlineData('\u0001')]
    public async Task Of_IdentifierOf256Bytes_StandsAsItIs_AndFitsIntoAToken(char character)
    {
        var id = new string(character, 256);
        var harness = new TokenHarness();

        Assert.Equal(id, Subjects.Of(Named(id)));
        Assert.Null(await harness.ReadAsync(await harness.IssueAsync(subject: id), subject: id));
    }

    private static ClaimsPrincipal Named(string id) => new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, id)], "test"));
}
