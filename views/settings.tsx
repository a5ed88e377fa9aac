import { Icon } from "./components/icon.tsx";
import type { Html } from "./jsx/jsx-runtime.ts";
import { keyGroups } from "./layout/dialogs.tsx";
import type { Frame } from "./layout/frame.ts";
import { page } from "./layout/page.tsx";
import { Logins, type Login } from "./logins.tsx";

/** What there is to know of the engine behind the pages. */
export interface EngineFacts {
  version: string;
  home: string;
  workdir: string;
  user: string;
  running: number;
  live: number;
  trouble: { kind: string; message: string } | null;
  /** Null: no login is needed. */
  logins: readonly Login[] | null;
}

export function settingsPage(frame: Frame, facts: EngineFacts): string {
  return page({
    frame,
    facts: { title: "Settings", section: "settings" },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet narrow">
          <Appearance frame={frame} />
          <Notifications />
          <Keys />
          <Engine facts={facts} />
          <Logins logins={facts.logins} now={frame.now} />
          <Places />
        </div>
      </main>
    ),
  });
}

const themes = [
  ["", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

function Appearance({ frame }: { frame: Frame }): Html {
  return (
    <section class="item" aria-labelledby="appearance-title">
      <h2 id="appearance-title">How it looks and listens</h2>
      <form class="form" method="post" action="/settings">
        <fieldset>
          <legend>Theme</legend>
          {themes.map(([value, word]) => (
            <label class="check">
              <input type="radio" name="theme" value={value} checked={(frame.theme ?? "") === value} />
              {word}
            </label>
          ))}
        </fieldset>
        <label class="check">
          <input type="checkbox" name="keys" value="on" checked={frame.singleKeys} />
          Keys without Ctrl or ⌘ (such as J, K, A and R)
        </label>
        <div class="acts">
          <button class="btn primary">Save</button>
        </div>
      </form>
    </section>
  );
}

function Notifications(): Html {
  return (
    <section class="item" aria-labelledby="notifications-title">
      <h2 id="notifications-title">Notifications</h2>
      <p>
        The page of an execution can tell when a gate waits or the run ends, while its tab is in the
        background. The bell on that page asks the browser for it.
      </p>
      <button type="button" class="btn" data-notify hidden aria-pressed="false">
        <Icon name="bell" size="s" />
        Notify me
      </button>
    </section>
  );
}

function Keys(): Html {
  return (
    <section class="item" id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keyboard</h2>
      <div class="keys">
        {keyGroups.map(({ name, keys }) => (
          <section>
            <h3>{name}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </section>
  );
}

function stateText(trouble: EngineFacts["trouble"]): string {
  if (trouble === null) return "running";
  return `${trouble.kind === "failed" ? "stopped" : "waiting"}: ${trouble.message}`;
}

function Engine({ facts }: { facts: EngineFacts }): Html {
  const rows: readonly [string, string][] = [
    ["State", stateText(facts.trouble)],
    ["At work", `${facts.running} agents in ${facts.live} live executions`],
    ["Version", facts.version],
    ["Data", facts.home],
    ["Works in", facts.workdir],
    ["You are", facts.user],
  ];
  return (
    <section class="item" aria-labelledby="engine-title">
      <h2 id="engine-title">Engine</h2>
      <dl class="facts-list">
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function Places(): Html {
  return (
    <section class="item" aria-labelledby="places-title">
      <h2 id="places-title">Elsewhere</h2>
      <p>
        <a href="/context">Context modules</a> · <a href="/api/v1/docs">API</a>
      </p>
    </section>
  );
}
