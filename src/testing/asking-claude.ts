import { makeFakeProgram, type FakeProgram } from "./fake-program.ts";

/**
 * A fake claude that is talked to: `script` is the shell's text that it runs when it has its task. In it, `ask ID
 * COMMAND` asks for the permission to run a command and waits for the answer, which is then in `$answer`; `allowed`
 * tells whether it was allowed, `finish TEXT` ends with a result, `resumed` tells whether it goes on with a session.
 * Everything that it reads is in `stdin()`.
 */
export function makeAskingClaude(folder: string, script: string): FakeProgram {
  const version = "2.1.332 (Claude Code)";
  return makeFakeProgram(folder, {
    name: "claude",
    version,
    script: `${helpers}\n${script}`,
    isTalkedTo: true,
  });
}

const helpers = `
hear() { read -r answer || exit 9; printf '%s\\n' "$answer" >>"$stdin"; }
say() { printf '%s\\n' "$1"; }
request() {
  input='{"command":"'"$2"'"}'
  use='{"type":"tool_use","id":"t'$1'","name":"Bash","input":'"$input"'}'
  say '{"type":"assistant","message":{"id":"m'$1'","content":['"$use"']}}'
  call='"subtype":"can_use_tool","tool_name":"Bash","blocked_path":"/made","tool_use_id":"t'$1'"'
  say '{"type":"control_request","request_id":"'$1'","request":{'"$call"',"input":'"$input"'}}'
}
ask() { request "$1" "$2"; hear; }
allowed() { case "$answer" in *'"behavior":"allow"'*) return 0;; *) return 1;; esac; }
finish() {
  facts='"is_error":false,"permission_denials":[],"modelUsage":{},"usage":{}'
  say '{"type":"result","subtype":"success",'"$facts"',"result":"'"$1"'"}'
  # As the real one, it ends when its input does.
  while read -r rest; do printf '%s\\n' "$rest" >>"$stdin"; done
}
isResumed=false
for argument in "$@"; do
  case "$before" in --session-id) session=$argument;; --resume) session=$argument isResumed=true;; esac
  before=$argument
done
resumed() { $isResumed; }
mkdir -p "$HOME/.claude/projects/p"
: >"$HOME/.claude/projects/p/$session.jsonl"
hear
start='"session_id":"s","model":"m","claude_code_version":"2.1.332","mcp_servers":[]'
say '{"type":"system","subtype":"init",'"$start"'}'`;
