using Pools;

switch (args.FirstOrDefault())
{
    case "count": CountBench.Run(); break;
    case "work": WorkBench.Run(); break;
    case "large": LargeBench.Run(); break;
    case "options": OptionsBench.Run(); break;
    default:
        Console.Error.WriteLine("usage: Pools count | work | large | options");
        return 2;
}

return 0;
