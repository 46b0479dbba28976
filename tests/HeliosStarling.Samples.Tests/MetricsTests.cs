using System.Text.RegularExpressions;

namespace HeliosStarling.Samples;

/// <summary>The metrics of the chat server for Prometheus.</summary>
public sealed class MetricsTests
{
    [Theory]
    [InlineData("helios_connections_active")]
    [InlineData("helios_starlings_connected")]
    [InlineData("helios_outbox_messages")]
    [InlineData("helios_buffers_usage_bytes")]
    public async Task Metrics_OfAServerThatHasJustStarted_HaveTheSeries(string series)
    {
        await using var server = RunningProgram.StartProject("samples/Chat", "--urls", "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await server.ListeningAsync() };

        var answer = await http.GetAsync(new Uri("/metrics", UriKind.Relative)).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Matches(new Regex($@"^{series}(\{{[^}}]*\}})? \d", RegexOptions.Multiline), await answer.Content.ReadAsStringAsync());
    }
}
