import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { hostname as machineName } from "node:os";

/** Who may use the server: which names it answers to, and the token if it has one. */
export interface Access {
  /** True when the server answers to this host name (without port). */
  answersTo(host: string): boolean;
  /** Null: nobody has to log in. */
  token: Token | null;
}

export interface Token {
  /** Takes as long for any text. */
  matches(given: string): boolean;
  /** False: a person chose it, so it might be guessed by trying. */
  isRandom: boolean;
  /** Distinguishes tokens without revealing them. */
  mark: string;
}

/** The token as text; `isRandom`: skillmeat itself has made it. */
export interface Secret {
  text: string;
  isRandom: boolean;
}

/** Loopback addresses answer to loopback names only: a page that makes its own name point here is refused. */
export function accessFor(bind: string, secret: Secret | null): Access {
  const own = new Set(["localhost", "127.0.0.1", "[::1]", bind.toLowerCase(), bracketAddress(bind)]);
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
    token: secret === null ? null : tokenOf(secret),
  };
}

export function isLoopback(bind: string): boolean {
  return bind === "localhost" || bind === "::1" || bind === "[::1]" || /^127(\.\d{1,3}){3}$/.test(bind);
}

function bracketAddress(bind: string): string {
  return bind.includes(":") && !bind.startsWith("[") ? `[${bind}]` : bind;
}

function tokenOf({ text, isRandom }: Secret): Token {
  const expected = digest(text);
  return {
    // Digests have equal lengths, whatever is compared.
    matches: (given) => timingSafeEqual(digest(given), expected),
    isRandom,
    mark: digest(`skillmeat session ${text}`).toString("hex"),
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
