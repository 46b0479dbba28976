namespace HeliosStarling;

public class SmokeTests
{
    [Fact]
    public void Assembly_Loads() => Assert.True(true);
}
