namespace HeliosStarling.Samples.Chat.People;

/// <summary>Everyone who is here, under a name that nobody else has. Safe to call concurrently.</summary>
internal sealed class PersonList
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Person> _byId = [];

    /// <summary>Adds a person, or renames one who enters again; a name that is taken gets a number.</summary>
    public Person Add(Person person)
    {
        lock (_lock)
        {
            _byId.Remove(person.Id);
            return _byId[person.Id] = person with { Name = FreeName(person.Name) };
        }
    }

    public void Remove(string id)
    {
        lock (_lock) _byId.Remove(id);
    }

    private string FreeName(string wanted)
    {
        var name = wanted;
        for (var number = 2; IsTaken(name); number++) name = $"{wanted} {number}";
        return name;
    }

    private bool IsTaken(string name) => _byId.Values.Any(person => string.Equals(person.Name, name, StringComparison.OrdinalIgnoreCase));
}
