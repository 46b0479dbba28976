namespace HeliosStarling;

/// <summary>The kinds of channels between nodes.</summary>
internal enum BackplaneChannelKind
{
    All,
    Group,
    Node,
}
