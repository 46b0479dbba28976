using System.Reflection;

namespace HeliosStarling;

/// <summary>What a handler's parameter says of null.</summary>
internal static class Nullability
{
    /// <summary>Whether a parameter takes null: it is declared nullable, or null is its default value.</summary>
    public static bool TakesNull(ParameterInfo parameter)
    {
        if (parameter is { HasDefaultValue: true, DefaultValue: null }) return true;
        // A trimmed application knows nothing of nullability; its payloads are all required.
        if (AppContext.TryGetSwitch("System.Reflection.NullabilityInfoContext.IsSupported", out var isSupported) && !isSupported)
            return false;
        return new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
    }
}
