using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>One call of echo:echo with payload 1, in all forms that the protocol allows.</summary>
internal static class OtherSpellings
{
    public static IEnumerable<TheoryDataRow<string>> Rows =>
    [
        Row("another version 1", $$"""
            {"protocol":"helios-starling","version":"1.27.3","timestamp":1,"type":"request","requestId":"{{Id}}","method":"echo:echo","payload":1}
            """),
        Row("unknown fields", Of($$"""
            "new":{"a":[]},"type":"request","requestId":"{{Id}}","method":"echo:echo","payload":1,"messageId":7,"success":"?","error":0
            """)),
        Row("any order and white space", $$"""
              {  "payload" : 1 ,"method":	"echo:echo",
            "requestId":"{{Id}}","type" :"request","timestamp":0,
              "version":"1.0.0","protocol":"helios-starling" }
            """),
        Row("the last of two keys", $$"""
            {"protocol":"x","protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"ping","type":"request",
             "requestId":"{{Id}}","method":"no:such","method":"echo:echo","payload":2,"payload":1}
            """),
        Row("escaped text", $$"""
            {"protocol":"helios\u002dstarling","version":"1.0.0","timestamp":1,"\u0074ype":"reques\u0074",
             "requestId":"{{Id.Replace("-", "\\u002d")}}","method":"echo\u003aecho","payload":1}
            """),
        Row("absent as null and false", Of($$"""
            "type":"request","requestId":"{{Id}}","method":"echo:echo","payload":1,"metadata":null,"peer":false
            """)),
        Row("peer as null", Of($$"""
            "type":"request","requestId":"{{Id}}","method":"echo:echo","payload":1,"peer":null
            """)),
    ];

    private static TheoryDataRow<string> Row(string label, string message) => new(message) { Label = label };
}
