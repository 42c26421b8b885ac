namespace Shoal.Learning.Onnx;

/// <summary>Reads a ValueInfoProto: name, type of the elements, shape.</summary>
internal static class ValueReader
{
    private const int MostAxes = 32;

    public static OnnxValue Read(OnnxFile file, ProtoRange range)
    {
        var name = "";
        var type = default(ProtoRange?);
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            if (reader.Field == 1)
                name = reader.Text();
            else if (reader.Field == 2)
                type = reader.Range();
            else
                reader.Skip();
        }

        if (name.Length == 0)
            throw file.Damaged("declares an input or output without a name", range.Start);
        var place = $"\"{ModelFileException.Quote(name)}\"";
        if (type is not { } declared)
            throw file.Damaged($"declares {place} without a type", range.Start);
        for (var reader = new ProtoReader(file, declared); reader.Next();)
        {
            if (reader.Field == 1)
                return ReadTensor(file, reader.Range(), name, place);
            if (reader.Wire == WireType.Length && reader.Field is 4 or 5 or 8 or 9)
                throw file.Wrong($"{place} is a sequence, map, sparse tensor or optional", "Export a model whose inputs and outputs are tensors.", name);
            reader.Skip();
        }

        throw file.Damaged($"declares {place} without a type", range.Start);
    }

    private static OnnxValue ReadTensor(OnnxFile file, ProtoRange range, string name, string place)
    {
        var number = 0L;
        List<OnnxDimension>? shape = null;
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            if (reader.Field == 1)
            {
                number = reader.Integer();
            }
            else if (reader.Field == 2)
            {
                shape = [];
                for (var axes = new ProtoReader(file, reader.Range()); axes.Next();)
                {
                    if (axes.Field != 1)
                        axes.Skip();
                    else if (shape.Count < MostAxes)
                        shape.Add(ReadAxis(file, axes.Range(), place));
                    else
                        throw file.Damaged($"gives {place} more than {MostAxes} axes", axes.Position, name);
                }
            }
            else
            {
                reader.Skip();
            }
        }

        var type = ElementTypes.FromOnnx(number)
            ?? throw file.Wrong($"{place} has elements of type {ElementTypes.OnnxName(number)}", "Export the model with numeric types.", name);
        return new(name, type, shape);
    }

    private static OnnxDimension ReadAxis(OnnxFile file, ProtoRange range, string place)
    {
        var axis = default(OnnxDimension);
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            if (reader.Field == 1)
            {
                var size = reader.Integer();
                axis = size is >= 0 and <= int.MaxValue ? new((int)size, null) : throw file.Damaged($"gives {place} an axis of size {size}", range.Start);
            }
            else if (reader.Field == 2)
            {
                var symbol = reader.Text();
                axis = new(null, symbol.Length == 0 ? null : symbol);
            }
            else
            {
                reader.Skip();
            }
        }

        return axis;
    }
}
