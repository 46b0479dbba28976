namespace HeliosStarling.Samples.Chat.People;

/// <summary><c>announce:moderators</c>: an admin speaks to every moderator, and to nobody else.</summary>
internal sealed class Announcements(Helios helios, TimeProvider time)
{
    public void Register() => helios.Method<AnnouncementText, Delivered>("announce:moderators", AnnounceAsync);

    private async ValueTask<Delivered> AnnounceAsync(AnnouncementText announcement, RequestContext context)
    {
        var from = context.Starling.Person();
        if (from.Role != Roles.Admin) throw new HeliosException("CHAT_ADMIN_ONLY", "Only an admin can announce.");

        var text = Input.Clean(announcement.Text, "The announcement", Input.MaxAnnouncement);
        var told = await helios.Starlings.BroadcastAsync("announce:new", new Announcement(from.Name, text, time.GetUtcNow()),
            starling => starling.IsConnected && starling.Data.Get<string>("role") == Roles.Moderator);
        return new Delivered(told.LocalReceivers);
    }
}

internal sealed record AnnouncementText(string Text);
internal sealed record Announcement(string From, string Text, DateTimeOffset At);
internal sealed record Delivered(int Count);
