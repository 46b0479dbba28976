using HeliosStarling.Samples.Chat.People;
using HeliosStarling.Samples.Chat.Rooms;

namespace HeliosStarling.Samples.Chat.Files;

/// <summary>Files travel as binary messages: one comes in, the same bytes go out to everyone in the room.</summary>
internal sealed class FileSharing(Helios helios, RoomList rooms, Conversations conversations, FileShelf shelf)
{
    private const int MaxSize = 512 * 1024;
    private const int MaxName = 120;
    private const string AnyType = "application/octet-stream";
    private static readonly string[] s_pictures = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    public void Register()
    {
        helios.OnBinary(ShareAsync);
        helios.Method<FetchFile>("file:fetch", FetchAsync);
    }

    // A binary message has no answer: what is wrong with it comes back as a notification.
    private async ValueTask ShareAsync(BinaryContext context)
    {
        if (!FilePacket.TryRead(context.Data, out var header, out var content)) return;
        try
        {
            await ShareAsync(context.Starling, header, content);
        }
        catch (HeliosException exception)
        {
            await context.Starling.NotifyAsync("file:refused", new FileRefused(header.Name, exception.Message));
        }
    }

    private async ValueTask ShareAsync(Starling starling, FileHeader header, ReadOnlyMemory<byte> content)
    {
        if (content.Length is 0) throw new HeliosException("CHAT_FILE_EMPTY", "The file is empty.");
        if (content.Length > MaxSize) throw new HeliosException("CHAT_FILE_SIZE", $"Files of up to {MaxSize / 1024} KB can be shared.");

        var from = starling.Person();
        var room = rooms.Get(header.Room);
        var name = Input.CleanLine(Path.GetFileName(header.Name), "The file's name", MaxName);
        // Only pictures keep their type, so that no browser is talked into opening a page or a script.
        var type = Array.Find(s_pictures, picture => picture == header.Type) ?? AnyType;
        var file = new SharedFile(Guid.NewGuid().ToString("N"), name, type, content.Length);

        var packet = FilePacket.Write(new FileHeader(room.Id, name, type, file.Id), content.Span);
        await conversations.PostAsync(room, from, "", file);
        shelf.Add(file.Id, packet);
        // To all at once: a slow receiver delays no other.
        await Task.WhenAll(helios.Starlings.Group(room.Group).Members.Select(member => member.SendBinaryAsync(packet).AsTask()));
    }

    private async ValueTask FetchAsync(FetchFile fetch, RequestContext context)
    {
        var packet = shelf.Find(fetch.Id) ?? throw new HeliosException("CHAT_FILE_GONE", "This file is no longer kept.");
        await context.Starling.SendBinaryAsync(packet);
    }
}
