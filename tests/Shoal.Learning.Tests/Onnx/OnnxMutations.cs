using Shoal.Learning.Onnx;

namespace Shoal.Learning.Tests;

/// <summary>Changes the bytes of an ONNX file: anywhere, in what holds it together, or in its numbers, which leaves a file that can be read.</summary>
internal sealed class OnnxMutations
{
    /// <summary>The messages inside each message, by field.</summary>
    private static readonly Dictionary<(string Message, int Field), string> Inside = new()
    {
        [("Model", 7)] = "Graph",
        [("Model", 8)] = "Opset",
        [("Graph", 1)] = "Node",
        [("Graph", 5)] = "Tensor",
        [("Graph", 11)] = "Value",
        [("Graph", 12)] = "Value",
        [("Node", 5)] = "Attribute",
        [("Attribute", 5)] = "Tensor",
        [("Value", 2)] = "Type",
        [("Type", 1)] = "TensorType",
        [("TensorType", 2)] = "Shape",
        [("Shape", 1)] = "Axis",
    };

    private readonly byte[] _bytes;
    private readonly List<int> _structure = [];
    private readonly List<int> _numbers = [];

    public OnnxMutations(string path)
    {
        _bytes = File.ReadAllBytes(path);
        Collect(new OnnxFile(path, _bytes), new(0, _bytes.Length), "Model");
    }

    /// <summary>The file with a few changes that follow from the seed.</summary>
    public byte[] Mutated(ulong seed)
    {
        var (kind, count, cut, _) = Philox.Draw(seed, 0, 0);
        if (kind % 2 == 0)
            return WithOtherNumbers(seed, 1 + (int)(count % 2));
        var bytes = _bytes.ToList();
        for (var i = 0UL; i <= count % 4; i++)
        {
            var (where, what, how, length) = Philox.Draw(seed, i + 1, 0);
            var at = how % 16 == 0 ? (int)(where % (uint)bytes.Count) : Math.Min(_structure[(int)(where % (uint)_structure.Count)], bytes.Count - 1);
            switch (how / 16 % 6)
            {
                case 0:
                    bytes.Insert(at, (byte)what);
                    break;
                case 1 when bytes.Count > 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min((int)(length % 40), bytes.Count - at)));
                    break;
                case 3:
                    bytes[at] ^= (byte)(1 << (int)(what % 8));
                    break;
                default:
                    bytes[at] = (byte)what;
                    break;
            }
        }

        return [.. kind % 10 == 1 ? bytes[..(int)(cut % (uint)bytes.Count)] : bytes];
    }

    private byte[] WithOtherNumbers(ulong seed, int count)
    {
        var bytes = _bytes.ToArray();
        for (var i = 0; i < count; i++)
        {
            var (where, what, how, _) = Philox.Draw(seed, (ulong)i + 1, 0);
            ref var number = ref bytes[_numbers[(int)(where % (uint)_numbers.Count)]];
            var other = (uint)(how % 2 == 0 ? number + (what % 3) + 0x7F : what);
            // The bit that says whether the number goes on stays as it is.
            number = (byte)((number & 0x80u) | (other & 0x7Fu));
        }

        return bytes;
    }

    private void Collect(OnnxFile file, ProtoRange range, string message)
    {
        var start = range.Start;
        for (var reader = new ProtoReader(file, range); reader.Next(); start = reader.Position)
        {
            _structure.AddRange(Enumerable.Range(start, reader.Position - start));
            var value = reader.Position;
            if (reader.Wire == WireType.Varint)
            {
                reader.Skip();
                _numbers.AddRange(Enumerable.Range(value, reader.Position - value));
            }
            else if (Inside.TryGetValue((message, reader.Field), out var inner))
            {
                Collect(file, reader.Range(), inner);
            }
            else if ((message, reader.Field) == ("Tensor", 9))
            {
                var data = reader.Range();
                _structure.AddRange(Enumerable.Range(value, data.Start - value));
            }
            else
            {
                reader.Skip();
                _structure.AddRange(Enumerable.Range(value, reader.Position - value));
            }
        }
    }
}
