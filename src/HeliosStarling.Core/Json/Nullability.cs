using System.Reflection;

namespace HeliosStarling;

/// <summary>Finds out whether parameters of handlers accept null.</summary>
internal static class Nullability
{
    /// <summary>Determines whether a parameter accepts null: it is declared nullable, or its default value is null.</summary>
    public static bool TakesNull(ParameterInfo parameter)
    {
        if (parameter is { HasDefaultValue: true, DefaultValue: null }) return true;
        // A trimmed application has no nullability information, so all payloads are required there.
        if (AppContext.TryGetSwitch("System.Reflection.NullabilityInfoContext.IsSupported", out var isSupported) && !isSupported)
            return false;
        return new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
    }
}
