using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class FileTests(Browser browser) : ChatTests(browser)
{
    private const int Limit = 512 * 1024;

    // The smallest PNG there is: one pixel.
    private static readonly byte[] s_pixel = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    [InlineData(Limit)]
    public async Task File_Shared_ArrivesByteForByte(int size)
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        var content = new byte[size];
        new Random(size).NextBytes(content);

        await ada.ShareAsync("numbers.bin", "application/octet-stream", content);

        Assert.Equal(content, await DownloadAsync(grace, "numbers.bin"));
    }

    [Fact]
    public async Task Picture_Shared_IsShownAndCanBeSaved()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));

        await ada.ShareAsync("pixel.png", "image/png", s_pixel);

        await Expect(grace.Page.GetByAltText("pixel.png")).ToHaveJSPropertyAsync("naturalWidth", 1);
        Assert.Equal(s_pixel, await DownloadAsync(grace, "pixel.png"));
    }

    [Fact]
    public async Task File_SharedBefore_IsThereForALateComer()
    {
        var ada = await EnterAsync("Ada");
        await ada.ShareAsync("pixel.png", "image/png", s_pixel);
        await Expect(ada.Log).ToContainTextAsync("pixel.png");

        var grace = await EnterAsync("Grace");

        Assert.Equal(s_pixel, await DownloadAsync(grace, "pixel.png"));
    }

    [Fact]
    public async Task File_SharedInOneRoom_StaysInIt()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        await grace.OpenRoomAsync("Library");

        await ada.ShareAsync("pixel.png", "image/png", s_pixel);
        await ada.Log.GetByText("pixel.png").WaitForAsync();
        await ada.OpenRoomAsync("Library");
        await ada.SendMessageAsync("It is in the lobby.");
        await Expect(grace.Log).ToContainTextAsync("It is in the lobby.");

        await Expect(grace.Log.Locator(".file")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task File_LargerThanTheLimit_IsRefusedWithItsReason()
    {
        var ada = await EnterAsync("Ada");

        await ada.ShareAsync("film.mkv", "video/x-matroska", new byte[Limit + 1]);

        await Expect(ada.Notices).ToContainTextAsync("film.mkv is larger than 512 KB.");
    }

    [Fact]
    public async Task Page_ThatIsShared_IsNeverOpenedAsOne()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));

        await ada.ShareAsync("trap.html", "text/html", "<script>alert(1)</script>"u8.ToArray());
        await grace.Log.GetByText("trap.html").WaitForAsync();

        await Expect(grace.Log.Locator(".file")).ToHaveAttributeAsync("data-type", "application/octet-stream");
    }

    private static async Task<byte[]> DownloadAsync(ChatPage page, string name)
    {
        var link = page.Log.GetByRole(AriaRole.Link, new() { NameString = name });
        await link.WaitForAsync();
        var download = await page.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }
}
