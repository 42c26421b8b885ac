using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shoal.Frames.Tests;

/// <summary>A web server of a few lines on the loopback address, which answers each request as the test says.</summary>
internal sealed class TestMirror : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answer;
    private readonly List<string> _requests = [];

    public TestMirror(Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/mnist";

    /// <summary>The names of the files that were asked for, in order.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public static async Task SendAsync(NetworkStream client, byte[] body, int? declared = null, string status = "200 OK")
    {
        await client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {declared ?? body.Length}\r\nConnection: close\r\n\r\n"));
        await client.WriteAsync(body);
    }

    /// <summary>Holds the connection open without a word until the test ends.</summary>
    public static Task SilenceAsync(CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, leaveOpen: true);
                var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1];
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                    // The headers do not matter.
                }

                var name = path[(path.LastIndexOf('/') + 1)..];
                lock (_requests)
                    _requests.Add(name);
                await _answer(name, stream, _stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}
