import { Icon } from "./components/icon.tsx";
import { Ago, Moment } from "./components/time.tsx";
import type { Html } from "./jsx/jsx-runtime.ts";

/** A browser that is logged in. */
export interface Login {
  id: string;
  /** The browser, as it names itself. */
  client: string;
  /** ISO 8601. */
  created_at: string;
  expires_at: string;
  /** True: it is the one that reads the page. */
  isHere: boolean;
}

/** Who is logged in, and the ways to end that. Null: the server asks for no token. */
export function Logins({ logins, now }: { logins: readonly Login[] | null; now: number }): Html {
  return (
    <section class="item" id="logins" aria-labelledby="logins-title">
      <h2 id="logins-title">Logged in</h2>
      {logins === null ? <Nobody /> : <List logins={logins} now={now} />}
    </section>
  );
}

function Nobody(): Html {
  return (
    <p>
      This server asks for no token: every process and every user of its machine may run programs through it.
      Start it without <code>--no-token</code> to change that.
    </p>
  );
}

function List({ logins, now }: { logins: readonly Login[]; now: number }): Html {
  const others = logins.filter(({ isHere }) => !isHere);
  const isHere = others.length < logins.length;
  return (
    <>
      {isHere ? null : <p>You came with the token itself, which needs no login.</p>}
      <ul class="logins">
        {logins.map((login) => (
          <LoginRow login={login} now={now} />
        ))}
      </ul>
      <div class="acts">
        {others.length < 2 ? null : (
          <form method="post" action="/settings/sessions/end-others">
            <button class="btn">End all others</button>
          </form>
        )}
        {isHere ? (
          <form method="post" action="/logout">
            <button class="btn">
              <Icon name="log-out" size="s" />
              Log out
            </button>
          </form>
        ) : null}
      </div>
    </>
  );
}

function LoginRow({ login, now }: { login: Login; now: number }): Html {
  const name = browserName(login.client);
  return (
    <li>
      <div>
        <b>{login.isHere ? `${name}, this one` : name}</b>
        <small>
          logged in <Ago at={login.created_at} now={now} />, until <Moment at={login.expires_at} now={now} />
        </small>
      </div>
      {login.isHere ? null : (
        <form method="post" action="/settings/sessions/end">
          <input type="hidden" name="id" value={login.id} />
          <button class="btn sm" aria-label={`End the login of ${name}`}>
            End
          </button>
        </form>
      )}
    </li>
  );
}

// Each also calls itself by the names further down.
const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\//, "Firefox"],
  [/\b(Headless)?Chrom(e|ium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const systems: readonly [RegExp, string][] = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];
const mostNameLength = 60;

/** `Firefox on Linux`; else what the program calls itself. */
export function browserName(client: string): string {
  const browser = browsers.find(([pattern]) => pattern.test(client))?.[1];
  const system = systems.find(([pattern]) => pattern.test(client))?.[1];
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  return client.trim() === "" ? "A program without a name" : client.trim().slice(0, mostNameLength);
}
