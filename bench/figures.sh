# What the races share; to be sourced. Figures are lines of a name and a value in "$out/ours" and "$out/theirs".

summary() { # each name with its median, lowest and highest value
  sort -k1,1 -k2,2n "$out/ours" "$out/theirs" | awk '
    $1 != name { flush(); name = $1; n = 0 } { v[++n] = $2 } END { flush() }
    function flush() { if (n) printf "%-40s %12.3f  (%.3f to %.3f, %d values)\n", name, n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2, v[1], v[n], n }'
}

median() { # name
  grep -h "^$1 " "$out/ours" "$out/theirs" | sort -k2,2n | awk '{ v[NR] = $2 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
