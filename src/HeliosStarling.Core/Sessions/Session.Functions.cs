using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Requests that are over before the reader moves on.</content>
internal abstract partial class Session
{
    /// <summary>Answers a request of a method that is a function. False when it may have to wait, or somebody wants to know how it goes.</summary>
    private bool TryAnswerAtOnce(MethodEntry method, in Message message)
    {
        if (method.FunctionAlone(engine.Filters) is not { } function || engine.Metrics.TimesServed || Traces.AreWanted) return false;
        if (!engine.Lanes.Pool.HasPlaceFor(PoolShare)) return false;
        Reply(function.Answer(engine, method.Name, in message));
        return true;
    }
}
