namespace HeliosStarling.Samples.Chat.Jobs;

/// <summary>Honest work for a processor: primes by trial division.</summary>
internal static class Primes
{
    /// <summary>How many primes lie in [<paramref name="start"/>, <paramref name="end"/>).</summary>
    public static int Count(int start, int end)
    {
        var count = 0;
        for (var number = start; number < end; number++)
            if (IsPrime(number))
                count++;
        return count;
    }

    private static bool IsPrime(int number)
    {
        if (number < 2) return false;
        if (number % 2 == 0) return number == 2;
        for (var divisor = 3; divisor * divisor <= number; divisor += 2)
            if (number % divisor == 0)
                return false;
        return true;
    }
}
