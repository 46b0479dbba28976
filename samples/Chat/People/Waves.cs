namespace HeliosStarling.Samples.Chat.People;

/// <summary><c>person:wave</c>: the server asks another person's page with <c>ui:wave</c> and hands its answer to the caller.</summary>
internal sealed class Waves(Helios helios)
{
    private static readonly RequestOptions s_patience = new() { Timeout = TimeSpan.FromSeconds(20) };

    public void Register() => helios.Method<WaveAt, WaveAnswer>("person:wave", WaveAsync);

    private async ValueTask<WaveAnswer> WaveAsync(WaveAt wave, RequestContext context)
    {
        var from = context.Starling.Person();
        if (helios.Starlings.GetById(wave.Id) is not { IsConnected: true } target || target.Id == from.Id)
            throw new HeliosException("CHAT_NOT_HERE", "They are not here any more.");
        try
        {
            return await target.Request<WaveAnswer>("ui:wave", new WaveFrom(from.Name), s_patience, context.CancellationToken);
        }
        catch (HeliosException)
        {
            // Nobody at the screen, gone in the meantime, or a client that knows no waves: no answer is an answer too.
            return new WaveAnswer(Answered: false, Back: false);
        }
    }
}

internal sealed record WaveAt(string Id);
internal sealed record WaveFrom(string Name);
internal sealed record WaveAnswer(bool Answered, bool Back);
