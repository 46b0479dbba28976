using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class QuestionTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Introduction_AskedByTheServer_IsUsedInTheGreeting()
    {
        var ada = await EnterAsync("Ada");

        await Expect(ada.Log).ToContainTextAsync(new System.Text.RegularExpressions.Regex("Good (morning|afternoon|evening), Ada\\."));
    }

    [Fact]
    public async Task TimeZone_AskedByTheServer_IsShownToTheOthers()
    {
        var ada = await EnterAsync("Ada");

        await EnterAsync("Grace", timeZone: "America/New_York");

        await Expect(ada.People.Locator(".person", new() { HasText = "Grace" })).ToContainTextAsync("in New York");
    }

    [Theory]
    [InlineData("Wave back", "Grace waves back.")]
    [InlineData("Not now", "Grace has no time just now.")]
    public async Task Wave_AnsweredOnTheOtherPage_ReachesTheCaller(string answer, string shown)
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));

        await ada.Button("Wave at Grace").ClickAsync();
        await Expect(grace.Notices).ToContainTextAsync("Ada waves at you");
        await grace.Button(answer).ClickAsync();

        await Expect(ada.Notices).ToContainTextAsync(shown);
    }

    [Fact]
    public async Task Wave_AtSomebodyWhoCloses_EndsWithoutAnAnswer()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        await ada.Button("Wave at Grace").ClickAsync();
        await Expect(grace.Notices).ToContainTextAsync("Ada waves at you");

        await grace.CloseAsync();

        await Expect(ada.Notices).ToContainTextAsync("Grace did not answer.");
    }
}
