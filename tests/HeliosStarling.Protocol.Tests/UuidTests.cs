using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>docs/protocol.md section 3: UUIDs in their usual form, any version, any case.</summary>
public class UuidTests
{
    private const string Text = "3f2504e0-4F89-41d3-9a0C-0305e82c3301";

    [Fact]
    public void TryParse_AnyByteAnywhere_ReadsHexadecimalDigitsAndNothingElse()
    {
        var text = Encoding.ASCII.GetBytes(Text);
        for (var at = 0; at < text.Length; at++)
        {
            for (var value = 0; value <= 0xFF; value++)
            {
                var changed = text.ToArray();
                changed[at] = (byte)value;
                var isUuid = text[at] == '-' ? value == '-' : char.IsAsciiHexDigit((char)value);

                Assert.Equal(isUuid, Uuid.TryParse(changed, out var id));
                Assert.Equal(isUuid ? Guid.ParseExact(Encoding.ASCII.GetString(changed), "D") : Guid.Empty, id);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(35)]
    [InlineData(37)]
    public void TryParse_AnyOtherLength_IsNone(int length) =>
        Assert.False(Uuid.TryParse(Encoding.ASCII.GetBytes((Text + Text)[..length]), out _));
}
