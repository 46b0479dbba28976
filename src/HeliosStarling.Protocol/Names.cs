namespace HeliosStarling.Protocol;

/// <summary>The rules for method and topic names (PROTOCOL.md section 3).</summary>
public static class Names
{
    /// <summary>Whether <paramref name="name"/> is <c>^[A-Za-z][A-Za-z0-9_]*(:[A-Za-z][A-Za-z0-9_]*)+$</c>, 3 to 128 characters.</summary>
    public static bool IsMethod(ReadOnlySpan<byte> name) => throw new NotImplementedException();

    /// <inheritdoc cref="IsMethod(ReadOnlySpan{byte})"/>
    public static bool IsMethod(string name) => throw new NotImplementedException();

    /// <summary>Whether <paramref name="name"/> is a method name or one single segment.</summary>
    public static bool IsTopic(ReadOnlySpan<byte> name) => throw new NotImplementedException();

    /// <inheritdoc cref="IsTopic(ReadOnlySpan{byte})"/>
    public static bool IsTopic(string name) => throw new NotImplementedException();

    /// <summary>Whether the name's first segment is <c>system</c>, <c>internal</c>, <c>stream</c> or <c>helios</c>: an application cannot register methods there.</summary>
    public static bool IsReserved(string name) => throw new NotImplementedException();
}
