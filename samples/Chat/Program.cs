using HeliosStarling.Samples.Chat.Files;
using HeliosStarling.Samples.Chat.Jobs;
using HeliosStarling.Samples.Chat.People;
using HeliosStarling.Samples.Chat.Rooms;
using OpenTelemetry.Metrics;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
// With a key of its own, which stands there, the server knows its clients again after a restart.
builder.Services.AddHelios(builder.Configuration.GetSection("Helios"));
builder.Services.AddHealthChecks().AddHelios();
// What the server measures, for Prometheus at /metrics.
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("HeliosStarling").AddPrometheusExporter());
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<RoomList>().AddSingleton<PersonList>().AddSingleton<FileShelf>();
builder.Services
    .AddSingleton<Entrance>()
    .AddSingleton<Absences>()
    .AddSingleton<Conversations>()
    .AddSingleton<Announcements>()
    .AddSingleton<Waves>();
builder.Services.AddSingleton<FileSharing>().AddSingleton<HeavyCompute>();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapHelios("/helios");
app.MapHealthChecks("/health/live", new() { Predicate = check => check.Tags.Contains("live") });
app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") });
app.MapPrometheusScrapingEndpoint();

// Each feature registers its own methods and topics.
app.Services.GetRequiredService<Entrance>().Register();
app.Services.GetRequiredService<Absences>().Register();
app.Services.GetRequiredService<Conversations>().Register();
app.Services.GetRequiredService<Announcements>().Register();
app.Services.GetRequiredService<Waves>().Register();
app.Services.GetRequiredService<FileSharing>().Register();
app.Services.GetRequiredService<HeavyCompute>().Register();

app.Run();
