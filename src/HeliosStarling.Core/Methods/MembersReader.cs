using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Reads plain parameters of a handler from the members of a JSON object with the same names.</summary>
/// <remarks>Safe to use concurrently.</remarks>
[RequiresUnreferencedCode("Looks at the handler's parameters.")]
internal sealed class MembersReader
{
    // Marks a missing member.
    private static readonly object s_absent = new();

    private readonly Member[] _members;
    private readonly StringComparison _comparison;

    /// <param name="engine">Provides the types.</param>
    /// <param name="parameters">The parameters of the handler that are read from the payload.</param>
    public MembersReader(Engine engine, IEnumerable<ParameterInfo> parameters)
    {
        _comparison = engine.Types.Options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _members = [.. parameters.Select(parameter => HandlerFaults.NameIn(parameter, () => new Member(engine, parameter)))];
    }

    /// <summary>Determines whether a type is plain, such as a string, a number or a date. Objects with members are not.</summary>
    public static bool IsPlain(Engine engine, Type type) =>
        engine.TypeInfo(Nullable.GetUnderlyingType(type) ?? type).Kind == JsonTypeInfoKind.None;

    /// <summary>Reads the payload of a request. If it is invalid, refuses the request and returns false.</summary>
    public bool TryRead(InboundRequest request, [MaybeNullWhen(false)] out object?[] values)
    {
        if (TryRead(request.Payload.Data, out values, out var errors)) return true;
        request.Refuse(errors);
        return false;
    }

    /// <summary>Reads the values, in the order of the parameters.</summary>
    public bool TryRead(
        ReadOnlyMemory<byte> utf8,
        [MaybeNullWhen(false)] out object?[] values,
        [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors)
    {
        var found = new ValidationErrors();
        values = new object?[_members.Length];
        Array.Fill(values, s_absent);
        if (TryTake(utf8, values, found))
        {
            for (var i = 0; i < values.Length; i++) values[i] = _members[i].Complete(values[i], found);
        }
        errors = found.Count > 0 ? found.All : null;
        return errors is null;
    }

    private bool TryTake(ReadOnlyMemory<byte> utf8, object?[] values, ValidationErrors found)
    {
        if (utf8.IsEmpty) return true;
        if (LoneSurrogates.Contain(utf8.Span))
        {
            found.Add(PayloadJson.UnpairedSurrogate.Path, PayloadJson.UnpairedSurrogate.Message);
            return false;
        }
        var reader = new Utf8JsonReader(utf8.Span);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            found.Add(
                "$", $"The value must be an object with the members {string.Join(", ", _members.Select(member => $"'{member.Name}'"))}.");
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var index = Array.FindIndex(_members, member => string.Equals(member.Name, name, _comparison));
            if (index >= 0) values[index] = _members[index].Read(utf8.Span[start..(int)reader.BytesConsumed], found);
        }
        return true;
    }

    /// <summary>A parameter that is read from a member.</summary>
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    private sealed class Member
    {
        // Marks a value that could not be read. Its error is already recorded.
        private static readonly object s_faulty = new();

        private readonly JsonTypeInfo _type;
        private readonly string _path;
        private readonly bool _takesNull;
        private readonly object? _default;

        public Member(Engine engine, ParameterInfo parameter)
        {
            var type = parameter.ParameterType;
            Name = engine.Types.Options.PropertyNamingPolicy?.ConvertName(parameter.Name!) ?? parameter.Name!;
            _type = engine.TypeInfo(type);
            _path = new JsonPath().To(Name);
            _takesNull = Nullability.TakesNull(parameter) || type == typeof(object) || Nullable.GetUnderlyingType(type) is not null;
            _default = parameter.HasDefaultValue ? DefaultOf(parameter) : s_absent;
        }

        public string Name { get; }

        public object? Read(ReadOnlySpan<byte> utf8, ValidationErrors found)
        {
            try
            {
                return JsonSerializer.Deserialize(utf8, _type);
            }
            catch (JsonException exception)
            {
                var fault = JsonFaults.Of(exception, _path);
                found.Add(fault.Path, fault.Message);
            }
            catch (Exception)
            {
                // Thrown by a converter of the application.
                found.Add(_path, "The value cannot be read.");
            }
            return s_faulty;
        }

        /// <summary>
        /// Returns the argument for a value: the default value when the member is missing. Records an error for a null value that is not
        /// allowed.
        /// </summary>
        public object? Complete(object? value, ValidationErrors found)
        {
            if (value == s_absent) value = _default == s_absent ? null : _default;
            if (value is null && !_takesNull) found.Add(_path, PayloadJson.Required.Message);
            return value;
        }

        private static object? DefaultOf(ParameterInfo parameter)
        {
            var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            var value = parameter.DefaultValue;
            // For a nullable enum, reflection returns the underlying number. For the default of a struct, it returns null.
            if (value is not null) return type.IsEnum ? Enum.ToObject(type, value) : value;
            return parameter.ParameterType is { IsValueType: true } && type == parameter.ParameterType
                ? System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type)
                : null;
        }
    }
}
