namespace HeliosStarling;

/// <summary>A registered method.</summary>
/// <typeparam name="TContext">The type of the request context.</typeparam>
public sealed class MethodRegistration<TContext>
    where TContext : RequestContextBase
{
    private readonly Methods _methods;

    internal MethodRegistration(Methods methods, MethodEntry entry) => (_methods, Entry) = (methods, entry);

    internal MethodEntry Entry { get; }

    /// <summary>The service provider of the application; null when there is none.</summary>
    internal IServiceProvider? Services => _methods.Services;

    /// <summary>The name of the method.</summary>
    public string Name => Entry.Name;

    /// <summary>The options of the method.</summary>
    public MethodOptions Options => Entry.Options;

    /// <summary>
    /// Adds a validator of the payload. It runs after the payload was deserialized and validated with the attributes of its type. If
    /// validators return errors, the caller gets <c>VALIDATION_ERROR</c> with all of them, and the handler does not run.
    /// </summary>
    /// <typeparam name="T">The type of the handler's payload, or a base type of it.</typeparam>
    /// <param name="validator">Returns the errors; none when the payload is valid. Not called when the payload is missing and the handler
    /// accepts null. Called concurrently for several requests; it must not block. An exception of the validator has the same effect as one
    /// of the handler.</param>
    /// <returns>This registration.</returns>
    /// <exception cref="ArgumentException">The method's handler has no payload of this type.</exception>
    public MethodRegistration<TContext> Validate<T>(Func<T, IEnumerable<ValidationError>> validator)
    {
        ArgumentNullException.ThrowIfNull(validator);
        if (Entry.PayloadType is not { } taken)
            throw new ArgumentException(
                $"The handler of method '{Name}' takes no payload. Take one, or validate the raw payload with MethodOptions.Validator.");
        if (!taken.IsAssignableTo(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)))
            throw new ArgumentException($"The handler of method '{Name}' takes '{taken}', not '{typeof(T)}'. Validate that.");
        Entry.Validators.Add(payload => validator((T)payload));
        return this;
    }

    /// <summary>Removes the method. Running requests continue.</summary>
    /// <returns>False when it was already removed.</returns>
    public bool Unregister() => _methods.Remove(Entry);
}
