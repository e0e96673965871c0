# Turns what `go test -bench` prints into rows of Markdown: what was measured, then each figure with its unit.
/^pkg: / { printf "\n| %s | |\n| --- | --- |\n", $2 }
/^Benchmark/ && NF > 3 {
  name = $1; sub(/^Benchmark/, "", name); sub(/-[0-9]+$/, "", name); gsub(/_/, " ", name)
  row = ""
  for (i = 3; i < NF; i += 2) row = row (row == "" ? "" : ", ") $i " " $(i + 1)
  printf "| %s | %s |\n", name, row
}
