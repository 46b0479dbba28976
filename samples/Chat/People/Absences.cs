using HeliosStarling.Samples.Chat.Rooms;

namespace HeliosStarling.Samples.Chat.People;

/// <summary>
/// People who lose their connection and come back: to the others they are here for a while longer, and after a restart of the server they
/// are who they were, in their room, with their draft.
/// </summary>
internal sealed class Absences(Helios helios, PersonList people, RoomList rooms, Conversations conversations, TimeProvider time)
{
    // Longer than a tunnel, shorter than somebody waits for an answer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public void Register()
    {
        helios.States.Register<ChatState?>("chat", Save, RestoreAsync);
        helios.On<Draft>("room:draft", RememberDraftAsync);
        helios.OnRecovery(ComeBackAsync);
        helios.Events.On(
            "starling:disconnected",
            (StarlingDisconnected lost) => lost.Code is 1000 or 1001 ? LeaveAsync(lost.Starling) : LeaveLater(lost.Starling));
    }

    private static ValueTask<ChatState?> Save(Starling starling) => ValueTask.FromResult(
        starling.Data.TryGet<Person>("person", out var person) ? new ChatState(person, starling.Room(), starling.Draft()) : null);

    private ValueTask RestoreAsync(Starling starling, ChatState? state)
    {
        if (state is null) return ValueTask.CompletedTask;
        starling.Remember(people.Add(state.Person));
        starling.RememberRoom(state.Room);
        starling.RememberDraft(state.Draft);
        return ValueTask.CompletedTask;
    }

    private static async ValueTask RememberDraftAsync(Draft draft, TopicContext context)
    {
        context.Starling.RememberDraft(draft.Text is { Length: <= Input.MaxText } text ? text : null);
        await context.Starling.States.NotifyStateAsync();
    }

    private async ValueTask ComeBackAsync(Starling starling)
    {
        if (!starling.Data.TryGet<Person>("person", out var person)) return;
        starling.Remember(people.Add(person));
        await starling.JoinAsync(Entrance.Everyone);
        if (starling.Room() is { } room)
            await conversations.TellAsync(await rooms.MoveAsync(starling, starling.Person(), rooms.Get(room), _ => { }));
    }

    private ValueTask LeaveLater(Starling starling)
    {
        _ = WaitAsync();
        return ValueTask.CompletedTask;

        async Task WaitAsync()
        {
            await Task.Delay(s_patience, time);
            if (!starling.IsConnected) await LeaveAsync(starling);
        }
    }

    private async ValueTask LeaveAsync(Starling starling)
    {
        people.Remove(starling.Id);
        await conversations.LeaveAsync(starling);
    }
}

/// <summary>What of a person survives a restart.</summary>
internal sealed record ChatState(Person Person, string? Room, string? Draft);

internal sealed record Draft(string? Text);
