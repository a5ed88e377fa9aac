import { createHash, randomBytes } from "node:crypto";
import type { Store } from "../../store/database.ts";
import {
  addSession,
  endSession,
  findSession,
  isLivingSession,
  listSessions,
  type LivingSessions,
  type SessionRow,
} from "../../store/sessions.ts";
import type { Token } from "./access.ts";
import { cookiesOf } from "./cookie.ts";

/** The browsers that are logged in. */
export interface Sessions {
  /** The session whose cookie a request has; null: none, or one that has ended. */
  of(request: Request): SessionRow | null;
  /** Starts a session for the browser that asks; returns the value of `Set-Cookie`. */
  begin(request: Request): string;
  /** Ends the session; returns what removes the cookie. */
  forgetting(request: Request): string;
  list(): SessionRow[];
  end(id: string): void;
  /** Calls `ended` when the session that let a request in ends. Returns the way not to be called any more. */
  follow(request: Request, ended: () => void): () => void;
  close(): void;
}

const lifeMs = 30 * 24 * 60 * 60 * 1000;
/** Streams of sessions that expire, or that another process ends, go on for this long at most. */
const lookMs = 15_000;
const mostCookies = 5;
const mostClientLength = 300;

export function createSessions(store: Store, token: Token | null): Sessions {
  const livingNow = (): LivingSessions => ({ token_mark: token?.mark ?? "", now: new Date().toISOString() });
  const isLiving = (id: string): boolean => isLivingSession(store, id, livingNow());
  const following = createFollowing(isLiving);
  const letIn = new WeakMap<Request, string>();
  const find = (request: Request): SessionRow | null => {
    if (!token) return null;
    for (const value of cookiesOf(request, cookieName(request)).slice(0, mostCookies)) {
      const found = findSession(store, hashOf(value), livingNow());
      if (!found) continue;
      letIn.set(request, found.id);
      return found;
    }
    return null;
  };
  return {
    of: find,
    begin: (request) => {
      const value = randomBytes(32).toString("base64url");
      const now = Date.now();
      addSession(store, {
        id: Bun.randomUUIDv7(),
        hash: hashOf(value),
        token_mark: livingNow().token_mark,
        client: (request.headers.get("user-agent") ?? "").slice(0, mostClientLength),
        created_at: new Date(now).toISOString(),
        expires_at: new Date(now + lifeMs).toISOString(),
      });
      return cookieText(request, value, lifeMs / 1000);
    },
    forgetting: (request) => cookieText(request, "", 0),
    list: () => listSessions(store, livingNow()),
    end: (id) => {
      endSession(store, id);
      following.end(id);
    },
    follow: (request, ended) => {
      const id = letIn.get(request);
      if (id === undefined) return () => {};
      if (isLiving(id)) return following.add(id, ended);
      // The session has ended between the check and the stream.
      ended();
      return () => {};
    },
    close: following.close,
  };
}

/** Who waits for the end of which session. */
function createFollowing(isLiving: (id: string) => boolean) {
  const followers = new Map<string, Set<() => void>>();
  let timer: ReturnType<typeof setInterval> | null = null;
  const rest = (): void => {
    if (followers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  const end = (id: string): void => {
    for (const ended of followers.get(id) ?? []) ended();
    followers.delete(id);
    rest();
  };
  const look = (): void => {
    for (const id of followers.keys()) if (!isLiving(id)) end(id);
  };
  return {
    end,
    add: (id: string, ended: () => void): (() => void) => {
      const mine = followers.get(id) ?? new Set();
      followers.set(id, mine.add(ended));
      timer ??= setInterval(look, lookMs);
      return () => {
        mine.delete(ended);
        if (mine.size === 0 && followers.get(id) === mine) followers.delete(id);
        rest();
      };
    },
    close: (): void => {
      followers.clear();
      rest();
    },
  };
}

/** Browsers send a host's cookies to each of its ports: servers at several must not take each other's. */
function cookieName(request: Request): string {
  const port = /:(\d{1,5})$/.exec(request.headers.get("host") ?? "")?.[1];
  return port === undefined ? "skillmeat_session" : `skillmeat_session_${port}`;
}

/**
 * Lax, not Strict: a link from a chat or a mail to a page of ours must find its reader logged in. What changes anything
 * is a POST, which gets no such cookie from another site, and whose origin the guard looks at.
 */
function cookieText(request: Request, value: string, seconds: number): string {
  return `${cookieName(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
