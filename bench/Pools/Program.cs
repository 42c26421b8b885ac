using Pools;

switch (args.FirstOrDefault())
{
    case "cold": PoolBench.Cold(); break;
    case "roundtrip": PoolBench.RoundTrip(); break;
    case "batch1": PoolBench.BatchOfOne(); break;
    case "automatic": PoolBench.Automatic(); break;
    case "automatic-socket": PoolBench.AutomaticOverSockets(); break;
    case "memory": PoolBench.Memory(); break;
    case "count": CountBench.Run(); break;
    case "work": WorkBench.Run(); break;
    case "large": LargeBench.Run(); break;
    case "options": OptionsBench.Run(); break;
    default:
        Console.Error.WriteLine("usage: Pools cold | roundtrip | batch1 | automatic | automatic-socket | memory | count | work | large | options");
        return 2;
}

return 0;
