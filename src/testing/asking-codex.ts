import { makeFakeProgram, type FakeProgram } from "./fake-program.ts";

/** The thread in which the fake codex works. */
export const askingThread = "01a22921-a961-76a1-bb51-b78a65dafb77";

/**
 * A fake `codex app-server`, as 0.171 talks: `script` is the shell's text that it runs when its turn has begun. In it,
 * `ask ID COMMAND` asks for the permission to run a command and waits for the answer, which is then in `$told`;
 * `allowed` tells whether it was allowed, `finish TEXT` ends the turn with a message. Everything that it reads is in
 * `stdin()`. `opens`: how it answers the request for a thread.
 */
export function makeAskingCodex(folder: string, script: string, opens = "open 2"): FakeProgram {
  return makeFakeProgram(folder, {
    name: "codex",
    version: "codex-cli 0.171.0",
    script: [helpers, opens, begins, script].join("\n"),
    isTalkedTo: true,
  });
}

const helpers = `
hear() { read -r told || exit 9; printf '%s\\n' "$told" >>"$stdin"; }
say() { printf '%s\\n' "$1"; }
open() { say '{"id":'$1',"result":{"thread":{"id":"${askingThread}"}}}'; }
about='"threadId":"${askingThread}","turnId":"u"'
request() {
  item='{"type":"commandExecution","id":"call_'$1'","command":"'"$2"'","status":"inProgress"}'
  say '{"method":"item/started","params":{"item":'"$item"','"$about"'}}'
  facts='"itemId":"call_'$1'","reason":"need it","command":"'"$2"'"'
  say '{"method":"item/commandExecution/requestApproval","id":'$1',"params":{'"$facts,$about"'}}'
}
resolve() { say '{"method":"serverRequest/resolved","params":{"threadId":"${askingThread}","requestId":'$1'}}'; }
ask() { request "$1" "$2"; hear; resolve "$1"; }
allowed() { case "$told" in *'"decision":"accept"'*) return 0;; *) return 1;; esac; }
use() {
  total='"total":{"inputTokens":'$1',"cachedInputTokens":100,"cacheWriteInputTokens":0,"outputTokens":7}'
  say '{"method":"thread/tokenUsage/updated","params":{'"$about"',"tokenUsage":{'"$total"'}}}'
}
end() {
  say '{"method":"turn/completed","params":{'"$about"',"turn":{"id":"u","status":"'$1'","error":null}}}'
  # As the real one, it ends when its input does.
  while read -r rest; do printf '%s\\n' "$rest" >>"$stdin"; done
}
finish() {
  item='{"type":"agentMessage","id":"m","text":"'"$1"'"}'
  say '{"method":"item/completed","params":{"item":'"$item"','"$about"'}}'
  end completed
}
hear; say '{"id":1,"result":{"userAgent":"skillmeat/0.171.0"}}'
hear; hear`;

const begins = `
hear; say '{"id":4,"result":{"turn":{"id":"u","status":"inProgress"}}}'
say '{"method":"turn/started","params":{'"$about"',"turn":{"id":"u"}}}'`;
