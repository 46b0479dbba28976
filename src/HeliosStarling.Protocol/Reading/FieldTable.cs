using System.Runtime.CompilerServices;

namespace HeliosStarling.Protocol;

/// <summary>The known fields of one message, each as it stood last.</summary>
[InlineArray((int)FieldId.ErrorDetails + 1)]
internal struct FieldTable
{
    private Field _first;

    public Field this[FieldId id]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => this[(int)id];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => this[(int)id] = value;
    }

    /// <summary>Forgets what stood inside an earlier <c>notification</c> or <c>error</c>: of duplicates the last counts.</summary>
    public void Clear(FieldId owner)
    {
        Span<Field> all = this;
        if (owner == FieldId.Notification) all[(int)FieldId.NotificationTopic..(int)FieldId.Error].Clear();
        else all[(int)FieldId.ErrorSeverity..].Clear();
    }
}
