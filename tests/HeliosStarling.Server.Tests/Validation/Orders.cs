using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Validation;

internal sealed record Order(
    [Required] string? Customer = null,
    Address? Address = null,
    [MinLength(1)] List<Item>? Items = null,
    Dictionary<string, Item>? Extras = null,
    [property: JsonPropertyName("sum_total"), Range(0, 1000)] int Total = 0) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Items is { Count: 0 }) yield return new("Unreachable: the list's own rule comes first");
        if (Total == 13) yield return new("No unlucky totals", [nameof(Total), nameof(Customer)]);
        if (Total == 14) yield return new("Nothing in particular");
        if (Total > (validationContext.GetService<Stock>()?.Left ?? 0) * 100) yield return new("Too much", [nameof(Total)]);
    }
}

internal sealed class Address
{
    [Required, StringLength(10)]
    public string? Street { get; set; }

    [Display(Name = "post code"), RegularExpression("[0-9]{5}")]
    public string PostCode { get; set; } = "12345";
}

internal sealed record Item([StringLength(5)] string? Name = null, [Range(1, 9)] int Count = 1);
