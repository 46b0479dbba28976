using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Validates one payload by walking through its values.</summary>
internal sealed class Inspection(ValidationErrors errors, IServiceProvider? services, bool isRecursive)
{
    private readonly JsonPath _path = new();
    private readonly HashSet<object>? _seen = isRecursive ? new(ReferenceEqualityComparer.Instance) : null;

    /// <summary>
    /// Validates the members and items of a value. If these are valid, it validates the value as a whole, whose rules rely on them.
    /// </summary>
    /// <exception cref="InvalidOperationException">The value is nested deeper than JSON can be.</exception>
    public void Check(TypeRules declared, object value)
    {
        if (errors.IsFull || _seen?.Add(value) == false) return;
        if (_path.Depth > ProtocolLimits.MaxDepth)
            throw new InvalidOperationException(
                $"'{declared.Type}' is nested deeper than {ProtocolLimits.MaxDepth} levels. Make sure that no property getter creates new values.");
        var (rules, before) = (declared.For(value), errors.Count);
        foreach (var member in rules.Members) CheckMember(member, value);
        if (rules.Items is { } items) CheckItems(rules, items, value);
        if (errors.Count == before) CheckWhole(rules, value);
    }

    private void CheckMember(MemberRules member, object owner)
    {
        if (errors.IsFull) return;
        var value = member.Get(owner);
        _path.Enter(member.Name);
        if (member.Attributes.Length > 0) CheckAttributes(member, value, owner);
        if (member.Rules is { IsNeeded: true } rules && value is not null) Check(rules, value);
        _path.Leave();
    }

    private void CheckAttributes(MemberRules member, object? value, object owner)
    {
        var context = new ValidationContext(owner, member.DisplayName, services, items: null) { MemberName = member.ClrName };
        foreach (var attribute in member.Attributes)
        {
            if (attribute.GetValidationResult(value, context) is not { } fault) continue;
            errors.Add(_path.ToString(), MessageOf(fault));
            // A missing value cannot be validated any further.
            if (attribute is RequiredAttribute) return;
        }
    }

    private void CheckItems(TypeRules rules, TypeRules items, object value)
    {
        if (rules.IsDictionary)
        {
            foreach (DictionaryEntry entry in (IDictionary)value)
            {
                if (errors.IsFull) return;
                _path.Enter(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "");
                if (entry.Value is not null) Check(items, entry.Value);
                _path.Leave();
            }
            return;
        }
        var index = 0;
        foreach (var item in (IEnumerable)value)
        {
            if (errors.IsFull) return;
            _path.Enter(index++);
            if (item is not null) Check(items, item);
            _path.Leave();
        }
    }

    private void CheckWhole(TypeRules rules, object value)
    {
        if (rules.Attributes.Length == 0 && !rules.IsValidatable) return;
        var (context, before) = (new ValidationContext(value, "value", services, items: null), errors.Count);
        foreach (var attribute in rules.Attributes) Report(rules, attribute.GetValidationResult(value, context));
        if (errors.Count > before || !rules.IsValidatable) return;
        foreach (var fault in ((IValidatableObject)value).Validate(context) ?? []) Report(rules, fault);
    }

    private void Report(TypeRules rules, ValidationResult? fault)
    {
        if (fault is null) return;
        var isNamed = false;
        foreach (var name in fault.MemberNames)
        {
            errors.Add(_path.To(rules.WireNames.GetValueOrDefault(name, name)), MessageOf(fault));
            isNamed = true;
        }
        if (!isNamed) errors.Add(_path.ToString(), MessageOf(fault));
    }

    private static string MessageOf(ValidationResult fault) => fault.ErrorMessage ?? "The value is invalid.";
}
