using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Each engine of a test has one dispatcher.</summary>
internal static class Dispatchers
{
    private static readonly ConditionalWeakTable<Engine, Dispatcher> s_dispatchers = [];

    extension(Engine engine)
    {
        public Dispatcher Dispatcher => s_dispatchers.GetValue(engine, static engine => new Dispatcher(engine));

        public Methods Methods => engine.Dispatcher.Methods;

        public Topics Topics => engine.Dispatcher.Topics;

        public AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> Filters => engine.Dispatcher.Filters;
    }
}
