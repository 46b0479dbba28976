using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Saves and restores the state of one namespace.</summary>
internal abstract class StateProvider(string name, bool isRequired)
{
    public string Namespace => name;

    public bool IsRequired => isRequired;

    /// <summary>Saves the state as JSON. Returns null and the fault when it cannot be saved.</summary>
    public abstract ValueTask<(JsonElement? Saved, HeliosException? Fault)> SaveAsync(
        Starling starling, CancellationToken cancellationToken);

    /// <summary>Restores a saved state; null when nothing was saved.</summary>
    /// <returns>Whether a state was restored, and the fault if there was one.</returns>
    public abstract ValueTask<(bool Restored, HeliosException? Fault)> RestoreAsync(
        Starling starling, JsonElement? saved, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class StateProvider<T>(
    string name,
    JsonTypeInfo<T> type,
    Func<Starling, CancellationToken, ValueTask<T>> save,
    Func<Starling, T, CancellationToken, ValueTask> restore,
    StateOptions<T> options) : StateProvider(name, options.Required)
{
    public override async ValueTask<(JsonElement? Saved, HeliosException? Fault)> SaveAsync(
        Starling starling, CancellationToken cancellationToken)
    {
        HeliosException fault;
        try
        {
            var state = await save(starling, cancellationToken).ConfigureAwait(false);
            if (IsValid(state)) return (JsonSerializer.SerializeToElement(state, type), null);
            fault = new HeliosException(ErrorCodes.StateCorrupted, $"State '{Namespace}' is not valid.");
        }
        catch (Exception exception)
        {
            fault =
                new HeliosException(ErrorCodes.StateRecoveryFailed, $"State '{Namespace}' could not be saved.", innerException: exception);
        }
        return (options.HasDefault ? JsonSerializer.SerializeToElement(options.DefaultState!, type) : null, fault);
    }

    public override async ValueTask<(bool Restored, HeliosException? Fault)> RestoreAsync(
        Starling starling, JsonElement? saved, CancellationToken cancellationToken)
    {
        var (state, isGood, fault) = Read(saved);
        if (!isGood && !options.HasDefault) return (false, fault);
        try
        {
            await restore(starling, isGood ? state! : options.DefaultState!, cancellationToken).ConfigureAwait(false);
            // A missing state is no fault when there is a default.
            return (true, saved is null ? null : fault);
        }
        catch (Exception exception)
        {
            return (false, new HeliosException(
                ErrorCodes.StateRecoveryFailed, $"State '{Namespace}' could not be restored.", innerException: exception));
        }
    }

    private (T? State, bool IsGood, HeliosException? Fault) Read(JsonElement? saved)
    {
        if (saved is not { } json)
            return (default, false, new HeliosException(ErrorCodes.StateNotFound, $"State '{Namespace}' is missing."));
        try
        {
            var state = json.Deserialize(type);
            if (IsValid(state!)) return (state, true, null);
            return (default, false, new HeliosException(ErrorCodes.StateCorrupted, $"State '{Namespace}' is not valid."));
        }
        catch (Exception exception)
        {
            return (
                default,
                false,
                new HeliosException(ErrorCodes.StateCorrupted, $"State '{Namespace}' cannot be read.", innerException: exception));
        }
    }

    private bool IsValid(T state) => options.Validate?.Invoke(state) ?? true;
}
