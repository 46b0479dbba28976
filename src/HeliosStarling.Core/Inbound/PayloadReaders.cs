namespace HeliosStarling;

/// <summary>Makes the readers of what handlers take.</summary>
internal static class PayloadReaders
{
    /// <summary>Reads and validates what a handler takes.</summary>
    /// <param name="engine">Knows the types and their rules.</param>
    /// <param name="takesNull">Whether the handler takes null for what is missing.</param>
    /// <param name="contextOf">Makes the context whose services rules may ask for. Default: there are none.</param>
    /// <param name="absent">What stands for a value that is not there. Default: it is read as null.</param>
    /// <exception cref="InvalidOperationException">Nothing describes the type, or nothing can be read into it; the message says what to
    /// do.</exception>
    public static PayloadReader<T> ReaderOf<T>(
        this Engine engine, bool takesNull = false, Func<InboundRequest, RequestContextBase>? contextOf = null, Func<T?>? absent = null)
    {
        var type = engine.TypeInfo<T>();
        if (!takesNull) Abstractions.ThrowIfUnreadable(type);
        return new PayloadReader<T>(type, engine.RulesOf(type), takesNull, contextOf, absent);
    }
}
