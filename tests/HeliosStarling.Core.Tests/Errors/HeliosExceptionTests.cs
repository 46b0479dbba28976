namespace HeliosStarling.Errors;

public sealed class HeliosExceptionTests
{
    [Fact]
    public void ToString_OfAFailure_SaysItsCodeAndNotItsDetails()
    {
        var text = new HeliosException("ROOM_FULL", "The room is full.", "secret", new InvalidOperationException("inner")).ToString();

        Assert.StartsWith("HeliosStarling.HeliosException (ROOM_FULL): The room is full.", text, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: inner", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }
}
