using Foundations;

switch (args.FirstOrDefault())
{
    case "cold": PoolBench.Cold(); break;
    case "roundtrip": PoolBench.RoundTrip(); break;
    case "batch1": PoolBench.BatchOfOne(); break;
    case "automatic": PoolBench.Automatic(); break;
    case "memory": PoolBench.Memory(); break;
    case "train": LearningBench.Train(); break;
    case "rows": LearningBench.PredictRows(); break;
    case "rowpools": RowPoolsBench.Run(); break;
    default:
        Console.Error.WriteLine("usage: Foundations cold | roundtrip | batch1 | automatic | memory | train | rows | rowpools");
        return 2;
}

return 0;
