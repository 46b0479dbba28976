using HeliosStarling.Samples.Chat.Files;
using HeliosStarling.Samples.Chat.People;

namespace HeliosStarling.Samples.Chat.Rooms;

/// <summary><c>room:join</c>, <c>room:send</c> and <c>room:typing</c>: what people do in a room.</summary>
internal sealed class Conversations(Helios helios, RoomList rooms, TimeProvider time)
{
    public void Register()
    {
        helios.Method<JoinRoom>("room:join", JoinAsync);
        helios.Method<SendMessage, ChatMessage>("room:send", SendAsync);
        helios.On<Typing>("room:typing", TypingAsync);
    }

    private async ValueTask JoinAsync(JoinRoom join, RequestContext context)
    {
        var starling = context.Starling;
        var move = await rooms.MoveAsync(starling, starling.Person(), rooms.Get(join.Room), context.Success);
        starling.RememberRoom(join.Room);
        await TellAsync(move);
        await starling.States.NotifyStateAsync();
    }

    public async ValueTask TellAsync(Move move)
    {
        await TellAsync(move.Left);
        await TellAsync(move.Entered);
    }

    private async ValueTask<ChatMessage> SendAsync(SendMessage send, RequestContext context)
    {
        var from = context.Starling.Person();
        var text = Input.Clean(send.Text, "The message", Input.MaxText);
        return await PostAsync(rooms.Get(send.Room), from, text);
    }

    /// <summary>Puts a message into a room's history and in front of everyone in it.</summary>
    public async ValueTask<ChatMessage> PostAsync(Room room, Person from, string text, SharedFile? file = null)
    {
        var message = rooms.Add(room, from, new ChatMessage(0, room.Id, from.Id, from.Name, text, time.GetUtcNow(), file));
        await helios.Starlings.Group(room.Group).BroadcastAsync("room:message", message);
        await TellEveryoneAsync(room);
        return message;
    }

    private async ValueTask TypingAsync(Typing typing, TopicContext context)
    {
        var person = context.Starling.Person();
        var room = rooms.Get(typing.Room);
        if (!context.Starling.Groups.Contains(room.Group)) return; // typed while changing rooms
        var news = new PersonTyping(room.Id, person.Id, person.Name, typing.Active);
        await helios.Starlings.Group(room.Group).BroadcastAsync("room:typing", news, starling => starling.Id != person.Id);
    }

    public async ValueTask LeaveAsync(Starling starling)
    {
        await starling.LeaveAsync(Entrance.Everyone);
        if (starling.Data.TryGet<Person>("person", out var person)) await TellAsync(await rooms.LeaveAsync(starling, person));
    }

    private async ValueTask TellAsync(Presence? presence)
    {
        if (presence is null) return;
        var room = rooms.Get(presence.Room);
        await helios.Starlings.Group(room.Group).BroadcastAsync("room:people", presence);
        await TellEveryoneAsync(room);
    }

    // The list of rooms shows how many are in each and what is unread, so everyone hears of every change.
    private async ValueTask TellEveryoneAsync(Room room) =>
        await helios.Starlings.Group(Entrance.Everyone).BroadcastAsync("room:changed", rooms.Summary(room));
}

internal sealed record JoinRoom(string Room);
internal sealed record SendMessage(string Room, string Text);
internal sealed record Typing(string Room, bool Active);
internal sealed record PersonTyping(string Room, string Id, string Name, bool Active);
