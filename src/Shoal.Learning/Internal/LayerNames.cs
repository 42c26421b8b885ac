using System.Globalization;

namespace Shoal.Learning;

/// <summary>Keras' names within one model: the first of a kind is <c>conv2d</c>, the next <c>conv2d_1</c>.</summary>
internal static class LayerNames
{
    public static string[] For(IReadOnlyList<Layer> layers)
    {
        var names = new string[layers.Count];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            if (layer.Name.Length > 0 && !taken.Add(layer.Name))
                throw new ArgumentException($"Two layers have the name \"{layer.Name}\". Give each layer a name of its own, or none.");
        }

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
            names[i] = layers[i].Name.Length > 0 ? layers[i].Name : Next(layers[i].DefaultName, counts, taken);
        return names;
    }

    private static string Next(string kind, Dictionary<string, int> counts, HashSet<string> taken)
    {
        while (true)
        {
            var count = counts.GetValueOrDefault(kind);
            counts[kind] = count + 1;
            var name = count == 0 ? kind : string.Create(CultureInfo.InvariantCulture, $"{kind}_{count}");
            if (taken.Add(name))
                return name;
        }
    }
}
