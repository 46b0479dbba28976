using System.Text.Json.Serialization;

namespace HeliosStarling;

/// <summary>Type discriminators may be anywhere in an object.</summary>
public class DiscriminatorTests
{
    [Fact]
    public async Task Payload_DiscriminatorLast_IsRead()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("shape:area", (Shape shape) => shape is Circle circle ? circle.Radius * circle.Radius : 0));
        await using var client = await server.ConnectAsync();

        Assert.Equal(
            4,
            await client.Request<double>("shape:area", new Dictionary<string, object> { ["radius"] = 2, ["$type"] = "circle" }).InTime());
    }

    [Fact]
    public async Task Answer_DiscriminatorLast_IsRead()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("shape:get", (object? _) => new Dictionary<string, object> { ["radius"] = 2, ["$type"] = "circle" }));
        await using var client = await server.ConnectAsync();

        Assert.Equal(new Circle(2), await client.Request<Shape>("shape:get").InTime());
    }

    [Fact]
    public async Task Notification_DiscriminatorLast_IsRead()
    {
        var told = new TaskCompletionSource<Shape>();
        await using var server = await TestServer.StartAsync(
            helios => helios.On("shape:drawn", (Shape shape, TopicContext _) => told.SetResult(shape)));
        await using var client = await server.ConnectAsync();

        await client.NotifyAsync("shape:drawn", new Dictionary<string, object> { ["radius"] = 2, ["$type"] = "circle" });

        Assert.Equal(new Circle(2), await told.Task.InTime());
    }

    [JsonPolymorphic]
    [JsonDerivedType(typeof(Circle), "circle")]
    private abstract record Shape;

    private sealed record Circle(double Radius) : Shape;
}
