using System.Runtime.CompilerServices;

namespace HeliosStarling.Protocol;

/// <summary>The known fields of one message and its JSON depth. For a duplicate field, this is the last one.</summary>
internal struct FieldTable
{
    private Rows _rows;

    /// <summary>The position in the frame at which the JSON reader began.</summary>
    public int Offset { get; set; }

    /// <summary>The nesting depth of objects and arrays. It can be 0 for a message object without nested ones.</summary>
    public int Depth { get; private set; }

    public Field this[FieldId id]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => _rows[(int)id];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _rows[(int)id] = value;
    }

    public void NoteDepth(int depth) => Depth = Math.Max(Depth, depth);

    /// <summary>Clears the fields of an earlier <c>notification</c> or <c>error</c>, because the last of duplicate fields counts.</summary>
    public void Clear(FieldId owner)
    {
        Span<Field> all = _rows;
        if (owner == FieldId.Notification) all[(int)FieldId.NotificationTopic..(int)FieldId.Error].Clear();
        else all[(int)FieldId.ErrorSeverity..].Clear();
    }

    [InlineArray((int)FieldId.ErrorDetails + 1)]
    private struct Rows
    {
        private Field _first;
    }
}
