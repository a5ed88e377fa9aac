import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { hostname as machineName } from "node:os";

/** Who may come in: which names the server answers to, and the token if it has one. */
export interface Access {
  /** True when the server answers to this host name (without port). */
  answersTo(host: string): boolean;
  /** Null: nobody has to log in. */
  token: Token | null;
}

export interface Token {
  /** Takes as long for any text. */
  matches(given: string): boolean;
  /** A cookie's value that lets its bearer in until then. It survives a restart with the same token. */
  session(untilMs: number): string;
  isSession(value: string, nowMs: number): boolean;
}

/** Loopback binds answer to loopback names only: a page that makes its own name point here is refused. */
export function accessFor(bind: string, token: string | null): Access {
  const own = new Set(["localhost", "127.0.0.1", "[::1]", bind.toLowerCase(), bracketed(bind)]);
  const isOpen = !isLoopback(bind);
  const machine = machineName().toLowerCase();
  return {
    answersTo: (host) => {
      const name = host.toLowerCase();
      if (own.has(name)) return true;
      if (!isOpen) return false;
      // A name of the machine itself, or an address: neither can be made to point here by a stranger.
      return name === machine || name === `${machine}.local` || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
    },
    token: token === null ? null : tokenOf(token),
  };
}

export function isLoopback(bind: string): boolean {
  return bind === "localhost" || bind === "::1" || bind === "[::1]" || /^127(\.\d{1,3}){3}$/.test(bind);
}

function bracketed(bind: string): string {
  return bind.includes(":") && !bind.startsWith("[") ? `[${bind}]` : bind;
}

function tokenOf(secret: string): Token {
  const expected = digest(secret);
  const key = createHmac("sha256", secret).update("skillmeat session").digest();
  const sign = (until: string): string => createHmac("sha256", key).update(until).digest("base64url");
  return {
    matches: (given) => timingSafeEqual(digest(given), expected),
    session: (untilMs) => `${untilMs}.${sign(String(untilMs))}`,
    isSession: (value, nowMs) => {
      const [until = "", signature = ""] = value.split(".");
      const isGenuine = timingSafeEqual(digest(signature), digest(sign(until)));
      return (
        isGenuine && value === `${until}.${signature}` && /^\d{1,16}$/.test(until) && Number(until) > nowMs
      );
    },
  };
}

/** Equal lengths for whatever is compared. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
