namespace HeliosStarling;

/// <summary>What a sender puts into a channel.</summary>
/// <param name="Message">The message; without bytes when it is a repetition.</param>
/// <param name="Number">Its number.</param>
/// <param name="IsRepetition">Whether this only repeats the last number.</param>
internal readonly record struct BackplaneDelivery(BackplaneMessage Message, MessageNumber Number, bool IsRepetition);
