using Foundations;

switch (args.FirstOrDefault())
{
    case "train": LearningBench.Train(); break;
    case "rows": LearningBench.PredictRows(); break;
    case "rowpools": RowPoolsBench.Run(); break;
    default:
        Console.Error.WriteLine("usage: Foundations train | rows | rowpools");
        return 2;
}

return 0;
