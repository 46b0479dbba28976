using System.Text.Json.Nodes;

namespace HeliosStarling.Protocol;

public class VectorTests
{
    private static readonly Dictionary<string, Vector> s_all = Vector.Load().ToDictionary(vector => vector.Label);
    private static readonly Dictionary<string, Vector> s_starts = Vector.Load("search").ToDictionary(vector => vector.Label);

    public static TheoryData<string> Labels => [.. s_all.Keys];

    public static TheoryData<string> Messages => [.. Having("message")];

    public static TheoryData<string> Violations => [.. Having("answer")];

    public static TheoryData<string> StartLabels => [.. s_starts.Keys];

    [Theory, MemberData(nameof(Labels))]
    public void Read_Vector_HasExpectedStatus(string label)
    {
        var status = MessageReader.Read(s_all[label].Frame, out _, out var violation);
        Assert.Equal(s_all[label].Expected["status"]!.GetValue<string>(), status.ToString().ToLowerInvariant());
        Assert.Equal(status == ReadStatus.Invalid, violation is not null);
    }

    [Theory, MemberData(nameof(Labels))]
    public void Read_Vector_AgreesWithReference(string label) => ReaderInvariants.Check(s_all[label].Frame);

    [Theory, MemberData(nameof(Messages))]
    public void Read_VectorOfMessage_GivesExpectedMessage(string label)
    {
        MessageReader.Read(s_all[label].Frame, out var message, out _);
        AssertJson(s_all[label].Expected["message"], Described.Message(message));
    }

    [Theory, MemberData(nameof(Violations))]
    public void Read_VectorOfViolation_GivesExpectedAnswer(string label)
    {
        MessageReader.Read(s_all[label].Frame, out _, out var violation);
        AssertJson(s_all[label].Expected["answer"], Described.Answer(violation!));
    }

    [Theory, MemberData(nameof(Violations))]
    public void Read_VectorOfViolation_NamesTheRequestThatFails(string label)
    {
        MessageReader.Read(s_all[label].Frame, out _, out var violation);
        Assert.Equal(s_all[label].Expected["fails"]?.GetValue<string>() ?? "", violation!.AnsweredIdText.Text());
    }

    [Theory, MemberData(nameof(StartLabels))]
    public void TryFindRequestId_VectorOfAnyType_NamesTheRequestThatFails(string label)
    {
        var source = s_starts[label].Source;
        var found = MessageReader.TryFindRequestId(Frames.Utf8(source["start"]!.GetValue<string>()), out var type, out var id);
        if (source["requestId"] is null && found && type is MessageType.Response or MessageType.Notification)
            Assert.Equal(source["fails"]?.GetValue<string>(), id.Text());
        else Assert.Null(source["fails"]);
    }

    [Theory, MemberData(nameof(StartLabels))]
    public void TryFindRequestId_Vector_GivesExpectedId(string label)
    {
        var source = s_starts[label].Source;
        var found = MessageReader.TryFindRequestId(Frames.Utf8(source["start"]!.GetValue<string>()), out var id);
        Assert.Equal(source["requestId"]?.GetValue<string>() ?? "", id.Text());
        Assert.Equal(source["requestId"] is not null, found);
    }

    private static IEnumerable<string> Having(string part) =>
        s_all.Values.Where(vector => vector.Expected[part] is not null).Select(vector => vector.Label);

    private static void AssertJson(JsonNode? expected, JsonNode actual)
    {
        if (!JsonNode.DeepEquals(expected, actual)) Assert.Equal(expected?.ToJsonString(), actual.ToJsonString());
    }
}
