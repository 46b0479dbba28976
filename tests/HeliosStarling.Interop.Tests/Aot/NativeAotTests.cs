namespace HeliosStarling;

/// <summary>The typed overloads with a source-generated JSON context, compiled ahead of time.</summary>
public sealed class NativeAotTests(PublishedApp app) : IClassFixture<PublishedApp>
{
    private const string Missing = "A C linker (clang or gcc) or zlib's headers are not installed; test.sh installs them.";

    [Fact]
    public void Publish_TypedOverloads_GivesNoWarning()
    {
        Assert.SkipUnless(PublishedApp.CanPublish, Missing);
        Assert.True(app.ExitCode == 0, app.Output);
        Assert.DoesNotContain("warning", app.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("listen")]
    [InlineData("map")]
    public async Task Request_ToTheNativeApp_IsAnswered(string listener)
    {
        Assert.SkipUnless(PublishedApp.CanPublish, Missing);
        await using var server = app.Start(listener);
        await using var wire = await Wire.ConnectAsync(await server.ListeningAsync());

        var response = await wire.AskAsync("sum:add", """{"numbers":[1,2,39]}""");

        Assert.True(response.GetProperty("success").GetBoolean(), response.GetRawText());
        Assert.Equal("""{"total":42,"count":3}""", response.GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("""{"factor":10}""", """[{"path":"$.factor","message":"The field factor must be between 1 and 9."},{"path":"$.unit","message":"The unit field is required."}]""")]
    [InlineData("""{"factor":9,"unit":"ft"}""", """[{"path":"$.unit","message":"Metres only."}]""")]
    public async Task Request_WithFaults_TheNativeAppNamesThem(string payload, string errors)
    {
        Assert.SkipUnless(PublishedApp.CanPublish, Missing);
        await using var server = app.Start("listen");
        await using var wire = await Wire.ConnectAsync(await server.ListeningAsync());

        var response = await wire.AskAsync("sum:scale", payload);

        Assert.Equal(errors, response.GetProperty("error").GetProperty("details").GetProperty("errors").GetRawText());
    }

    [Fact]
    public async Task Start_WithATypeThatHasNoJsonTypeInfo_StopsAndNamesTheType()
    {
        Assert.SkipUnless(PublishedApp.CanPublish, Missing);
        await using var server = app.Start("gap");

        Assert.NotEqual(0, await server.EndedAsync());
        Assert.Contains("Undescribed", server.Output, StringComparison.Ordinal);
        Assert.Contains("JsonSerializable", server.Output, StringComparison.Ordinal);
    }
}
