using System.Globalization;
using System.Text;

namespace Shoal.Reporting;

/// <summary>The workers of a report, one a line. Columns in which all are 0 are left out.</summary>
internal static class WorkerTable
{
    private const string Gap = "  ";

    private static readonly (string Head, Func<WorkerReport, string> Cell, bool Always)[] Columns =
    [
        ("worker", worker => worker.Worker.ToString(CultureInfo.InvariantCulture), true),
        ("pid", worker => worker.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "-", true),
        ("starting", worker => Amounts.Of(worker.Starting), false),
        ("running", worker => Amounts.Of(worker.Running), true),
        ("serializing", worker => Amounts.Of(worker.Serializing), false),
        ("waiting", worker => Amounts.Of(worker.Waiting), true),
        ("idle", worker => Amounts.Of(worker.Idle), true),
        ("pool's part", worker => Amounts.Of(worker.PoolSerializing), false),
        ("items", worker => Amounts.Of(worker.Items), true),
        ("batches", worker => Amounts.Of(worker.Batches), false),
        ("sent", worker => Amounts.OfBytes(worker.BytesSent), false),
        ("received", worker => Amounts.OfBytes(worker.BytesReceived), false),
        ("lost", worker => Amounts.Of(worker.Lost), false),
        ("retries", worker => Amounts.Of(worker.Retries), false),
        ("recycles", worker => Amounts.Of(worker.Recycles), false),
        ("host", worker => worker.Host ?? "-", false),
    ];

    public static void Append(StringBuilder text, IReadOnlyList<WorkerReport> workers)
    {
        var hosts = workers.Select(worker => worker.Host).Distinct().Count();
        var lines = new string[workers.Count + 1];
        foreach (var (head, cell, always) in Columns)
        {
            string[] cells = [.. workers.Select(cell)];
            if (head == "host" ? hosts < 2 : !always && cells.All(value => value == "0"))
                continue;
            var width = cells.Append(head).Max(value => value.Length);
            for (var row = 0; row < lines.Length; row++)
                lines[row] += (lines[row] is null ? "" : Gap) + (row == 0 ? head : cells[row - 1]).PadLeft(width);
        }

        foreach (var line in lines)
            text.Append(line).Append('\n');
    }
}
