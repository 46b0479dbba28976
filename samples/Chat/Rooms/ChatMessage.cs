using HeliosStarling.Samples.Chat.Files;

namespace HeliosStarling.Samples.Chat.Rooms;

/// <summary>One line of a room's conversation.</summary>
/// <param name="Number">Counts up from 1 in each room: orders messages, tells doubles, and gives the unread count.</param>
/// <param name="Room">The room's id.</param>
/// <param name="From">The sender's id.</param>
/// <param name="Name">The sender's name when it was sent.</param>
/// <param name="Text">Empty when the message is a file.</param>
/// <param name="At">When the server took it.</param>
/// <param name="File">What was shared; its bytes travel in a binary message of their own.</param>
internal sealed record ChatMessage(
    int Number, string Room, string From, string Name, string Text, DateTimeOffset At, SharedFile? File = null);
