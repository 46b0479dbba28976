using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Observability;

public class TraceContextTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData($$"""{"traceparent":"{{Parent}}","tracestate":"a=1,b=2"}""", "a=1,b=2")]
    [InlineData($$""" { "mine" : {"traceparent":7}, "tracestate":"k=\u002B", "traceparent" : "{{Parent}}" } """, "k=+")]
    [InlineData($$"""{"traceparent":"{{Parent}}","tracestate":7}""", null)]
    [InlineData($$"""{"traceparent":"{{Parent}}","tracestate":"\ud800"}""", null)]
    public void Read_ContextInMetadata_IsTheRemoteParent(string metadata, string? state)
    {
        Assert.True(TraceContext.TryRead(Encoding.UTF8.GetBytes(metadata), out var context));

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", context.TraceId.ToHexString());
        Assert.Equal("b7ad6b7169203331", context.SpanId.ToHexString());
        Assert.Equal((ActivityTraceFlags.Recorded, state, true), (context.TraceFlags, context.TraceState, context.IsRemote));
    }

    [Fact]
    public void Read_StateBeyondWhatVendorsMustPassOn_IsLeftOut()
    {
        var metadata = $$"""{"traceparent":"{{Parent}}","tracestate":"a={{new string('x', 511)}}"}""";
        Assert.True(TraceContext.TryRead(Encoding.UTF8.GetBytes(metadata), out var context));
        Assert.Null(context.TraceState);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"traceparent":null}""")]
    [InlineData("""{"traceparent":["00"]}""")]
    [InlineData("""{"traceparent":"\ud800"}""")]
    [InlineData("""{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"}""")]
    [InlineData("""{"traceparent":"00-00000000000000000000000000000000-b7ad6b7169203331-01"}""")]
    [InlineData("""{"deep":[[[{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}]]]}""")]
    public void Read_NoneOrMalformed_IsAsIfItWereAbsent(string metadata) =>
        Assert.False(TraceContext.TryRead(Encoding.UTF8.GetBytes(metadata), out _));

    [Fact]
    public void Read_AsDeepAsMessagesMayBe_DoesNotThrow()
    {
        var metadata = $$"""{"deep":{{new string('[', 500)}}{{new string(']', 500)}},"traceparent":"{{Parent}}"}""";
        Assert.True(TraceContext.TryRead(Encoding.UTF8.GetBytes(metadata), out _));
    }

    [Theory]
    [InlineData("", "}")]
    [InlineData("{}", "}")]
    [InlineData("{ \n }", "}")]
    [InlineData("""{"mine":[1, 2],"other":"ü"}""", ""","mine":[1, 2],"other":"ü"}""")]
    [InlineData("""{  "mine":1  }""", ""","mine":1  }""")]
    public void Write_ApplicationsMetadata_StayAsTheyAre(string metadata, string rest)
    {
        using var span = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        var written = Encoding.UTF8.GetString(TraceContext.Write(Encoding.UTF8.GetBytes(metadata), span));
        Assert.Equal($$"""{"traceparent":"{{span.Id}}"{{rest}}""", written);
    }

    [Fact]
    public void Write_State_TravelsToo()
    {
        using var span = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        span.TraceStateString = "a=1";
        var written = JsonElement.Parse(TraceContext.Write([], span));
        Assert.Equal((span.Id, "a=1"), (written.GetProperty("traceparent").GetString(), written.GetProperty("tracestate").GetString()));
    }

    [Theory]
    [InlineData($$"""{"traceparent":"{{Parent}}"}""")]
    [InlineData("[1]")]
    public void Write_ContextOfTheApplicationsOwnOrNoObject_IsLeftAlone(string metadata)
    {
        using var span = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        Assert.Equal(metadata, Encoding.UTF8.GetString(TraceContext.Write(Encoding.UTF8.GetBytes(metadata), span)));
    }
}
