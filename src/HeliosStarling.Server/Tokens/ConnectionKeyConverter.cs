using System.ComponentModel;
using System.Globalization;

namespace HeliosStarling;

/// <summary>Converts text of the configuration to a key.</summary>
internal sealed class ConnectionKeyConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? ConnectionKey.FromString(text) : base.ConvertFrom(context, culture, value);
}
