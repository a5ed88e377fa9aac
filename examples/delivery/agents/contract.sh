# Sourced by the agents beside it: how a shell script reads its task. FEATURE comes from the workflow's `env`.

# input NAME: an input of this stage; texts as they are, a list one item a line.
input() {
  node -e '
    const { inputs } = JSON.parse(require("fs").readFileSync(process.env.SKILLMEAT_INPUT, "utf8"));
    const value = inputs[process.argv[1]];
    const lines = Array.isArray(value) ? value : [value];
    for (const line of lines) console.log(typeof line === "string" ? line : JSON.stringify(line));
  ' "$1"
}

# json_lines: the lines of stdin as one JSON array of texts.
json_lines() {
  awk '$0 != "" { gsub(/[\\"]/, "\\\\&"); printf "%s\"%s\"", n++ ? "," : "[", $0 } END { print n ? "]" : "[]" }'
}

# output NAME VALUE: hands in one output; its text becomes the declared type.
output() {
  printf '%s=%s\n' "$1" "$2" >>"$SKILLMEAT_OUTPUT_KV"
}

built=build/$FEATURE
