using System.Reflection;

namespace HeliosStarling.Protocol;

public class ErrorCodesTests
{
    [Theory]
    [InlineData("A", true)]
    [InlineData("METHOD_ERROR", true)]
    [InlineData("A1_2", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("a", false)]
    [InlineData("A_", false)]
    [InlineData("_A", false)]
    [InlineData("A__B", false)]
    [InlineData("1A", false)]
    [InlineData("A-B", false)]
    [InlineData("Ä", false)]
    [InlineData("A\n", false)]
    public void IsValid_Code_FollowsPattern(string? code, bool expected) => Assert.Equal(expected, ErrorCodes.IsValid(code));

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void IsValid_Length_EndsAt63(int length, bool expected) => Assert.Equal(expected, ErrorCodes.IsValid(new string('A', length)));

    [Fact]
    public void Standard_Codes_AreValid() => Assert.All(
        typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static),
        field => Assert.True(ErrorCodes.IsValid((string?)field.GetRawConstantValue()), field.Name));
}
