namespace HeliosStarling;

/// <summary>A registered method.</summary>
/// <typeparam name="TContext">What its handler knows of a request.</typeparam>
public sealed class MethodRegistration<TContext>
    where TContext : RequestContextBase
{
    private readonly Methods _methods;

    internal MethodRegistration(Methods methods, MethodEntry entry) => (_methods, Entry) = (methods, entry);

    internal MethodEntry Entry { get; }

    /// <summary>The services of the application that registered the method; null when it has none to give.</summary>
    internal IServiceProvider? Services => _methods.Services;

    /// <summary>The method's name.</summary>
    public string Name => Entry.Name;

    /// <summary>How it is offered.</summary>
    public MethodOptions Options => Entry.Options;

    /// <summary>
    /// Adds a validator of the payload, which looks at it after it was read and found to keep to its type's attributes. If validators find
    /// errors, the caller gets <c>VALIDATION_ERROR</c> with those of all of them, and the handler does not run.
    /// </summary>
    /// <typeparam name="T">What the handler takes, or a type that it derives from.</typeparam>
    /// <param name="validator">Returns what is wrong, nothing if all is right. Not called when there is no payload and the handler takes
    /// null for it. Called for several requests at once; it must not block. What it throws is the failure, as of a handler.</param>
    /// <returns>This registration.</returns>
    /// <exception cref="ArgumentException">The method's handler takes no payload of this type.</exception>
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

    /// <summary>Takes the method away; requests that run already go on.</summary>
    /// <returns>False when it was gone already.</returns>
    public bool Unregister() => _methods.Remove(Entry);
}
