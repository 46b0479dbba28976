using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class JobTests(Browser browser) : ChatTests(browser)
{
    private const float Patience = 120_000;

    [Fact]
    public async Task Job_RunToTheEnd_ShowsItsResult()
    {
        var ada = await EnterAsync("Ada");

        await ada.Button("Start counting").ClickAsync();

        await Expect(ada.Page.Locator("#job-result")).ToHaveTextAsync("664,579 primes lie below 10,000,000.", new() { Timeout = Patience });
        await Expect(ada.Page.Locator("#job-percent")).ToHaveTextAsync("100 %");
    }

    [Fact]
    public async Task Job_Running_ShowsEveryPercentInOrder()
    {
        var ada = await EnterAsync("Ada");
        await ada.Page.EvaluateAsync("""
            () => {
              window.seen = [];
              const percent = document.getElementById('job-percent');
              new MutationObserver(() => window.seen.push(parseInt(percent.textContent))).observe(percent, { childList: true });
            }
            """);

        await ada.Button("Start counting").ClickAsync();
        await Expect(ada.Page.Locator("#job-result")).Not.ToBeEmptyAsync(new() { Timeout = Patience });

        var seen = (await ada.Page.EvaluateAsync<int[]>("window.seen")).Distinct().ToArray();
        Assert.Equal(seen.Order(), seen);
        Assert.True(seen.Length > 20, $"Only {seen.Length} steps were shown.");
    }

    [Fact]
    public async Task Job_Cancelled_SaysSo()
    {
        var ada = await EnterAsync("Ada");
        await ada.Button("Start counting").ClickAsync();
        await Expect(ada.Page.Locator("#job-percent")).Not.ToHaveTextAsync("0 %");

        await ada.Button("Cancel").ClickAsync();

        await Expect(ada.Page.Locator("#job-result")).ToHaveTextAsync("Cancelled.");
        await Expect(ada.Button("Start counting")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Job_Running_DoesNotHoldUpTheConversation()
    {
        var ada = await EnterAsync("Ada");
        await ada.Button("Start counting").ClickAsync();
        await Expect(ada.Page.Locator("#job-percent")).Not.ToHaveTextAsync("0 %");

        await ada.SendMessageAsync("While it counts.");
        await Expect(ada.Log).ToContainTextAsync("While it counts.");

        Assert.True(await ada.Button("Cancel").IsEnabledAsync());
    }
}
