using System.Text.Json.Nodes;

namespace HeliosStarling.Protocol;

public class VectorTests
{
    private static readonly Dictionary<string, Vector> All = Vector.Load().ToDictionary(vector => vector.Label);
    private static readonly Dictionary<string, Vector> Starts = Vector.Load("search").ToDictionary(vector => vector.Label);

    public static TheoryData<string> Labels => [.. All.Keys];

    public static TheoryData<string> Messages => [.. Having("message")];

    public static TheoryData<string> Violations => [.. Having("answer")];

    public static TheoryData<string> StartLabels => [.. Starts.Keys];

    [Theory, MemberData(nameof(Labels))]
    public void Read_Vector_HasExpectedStatus(string label)
    {
        var status = MessageReader.Read(All[label].Frame, out _, out var violation);
        Assert.Equal(All[label].Expected["status"]!.GetValue<string>(), status.ToString().ToLowerInvariant());
        Assert.Equal(status == ReadStatus.Invalid, violation is not null);
    }

    [Theory, MemberData(nameof(Labels))]
    public void Read_Vector_AgreesWithReference(string label) => ReaderInvariants.Check(All[label].Frame);

    [Theory, MemberData(nameof(Messages))]
    public void Read_VectorOfMessage_GivesExpectedMessage(string label)
    {
        MessageReader.Read(All[label].Frame, out var message, out _);
        AssertJson(All[label].Expected["message"], Described.Message(message));
    }

    [Theory, MemberData(nameof(Violations))]
    public void Read_VectorOfViolation_GivesExpectedAnswer(string label)
    {
        MessageReader.Read(All[label].Frame, out _, out var violation);
        AssertJson(All[label].Expected["answer"], Described.Answer(violation!));
    }

    [Theory, MemberData(nameof(Violations))]
    public void Read_VectorOfViolation_NamesTheRequestThatFails(string label)
    {
        MessageReader.Read(All[label].Frame, out _, out var violation);
        Assert.Equal(All[label].Expected["fails"]?.GetValue<string>() ?? "", violation!.AnsweredIdText.Text());
    }

    [Theory, MemberData(nameof(StartLabels))]
    public void TryFindRequestId_VectorOfAnyType_NamesTheRequestThatFails(string label)
    {
        var source = Starts[label].Source;
        var found = MessageReader.TryFindRequestId(Frames.Utf8(source["start"]!.GetValue<string>()), out var type, out var id);
        if (source["requestId"] is null && found && type is MessageType.Response or MessageType.Notification) Assert.Equal(source["fails"]?.GetValue<string>(), id.Text());
        else Assert.Null(source["fails"]);
    }

    [Theory, MemberData(nameof(StartLabels))]
    public void TryFindRequestId_Vector_GivesExpectedId(string label)
    {
        var source = Starts[label].Source;
        var found = MessageReader.TryFindRequestId(Frames.Utf8(source["start"]!.GetValue<string>()), out var id);
        Assert.Equal(source["requestId"]?.GetValue<string>() ?? "", id.Text());
        Assert.Equal(source["requestId"] is not null, found);
    }

    private static IEnumerable<string> Having(string part) =>
        All.Values.Where(vector => vector.Expected[part] is not null).Select(vector => vector.Label);

    private static void AssertJson(JsonNode? expected, JsonNode actual)
    {
        if (!JsonNode.DeepEquals(expected, actual)) Assert.Equal(expected?.ToJsonString(), actual.ToJsonString());
    }
}
