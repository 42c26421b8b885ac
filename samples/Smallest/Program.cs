using Shoal;

int[][] rows = [[1, 5, 9], [4, 4, 8], [0, 2, 3]];
var (low, high) = (4, 8);

using var pool = Pool.Processes();
int[] counts = pool.Map(rows, row => row.Count(x => low <= x && x <= high));

Console.WriteLine(string.Join(" ", counts));
