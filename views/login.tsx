import { render, type Html } from "./jsx/jsx-runtime.ts";
import type { Theme } from "./layout/frame.ts";

export interface LoginFacts {
  theme: Theme | null;
  /** Addresses of style sheets. */
  styles: readonly string[];
  /** The icon of the tab. */
  icon: string;
  /** Where it goes on to. */
  to: string;
  /** What went wrong before. */
  trouble: string | null;
}

/** The page that takes the token. It needs no script, and nothing of it tells who or what is behind it. */
export function loginPage(facts: LoginFacts): string {
  return `<!doctype html>${render(<Document {...facts} />)}`;
}

function Document({ theme, styles, icon, to, trouble }: LoginFacts): Html {
  return (
    <html lang="en" data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Log in · skillmeat</title>
        <link rel="icon" type="image/svg+xml" href={icon} />
        {styles.map((href) => (
          <link rel="stylesheet" href={href} />
        ))}
      </head>
      <body class="login">
        <main>
          <h1>Log in to skillmeat</h1>
          {trouble === null ? null : (
            <p role="alert" id="trouble">
              {trouble}
            </p>
          )}
          <form method="post" action="/login">
            <input type="hidden" name="to" value={to} />
            <label for="token">Token</label>
            <input
              type="password"
              id="token"
              name="token"
              required
              autofocus
              autocomplete="current-password"
              aria-invalid={trouble === null ? null : "true"}
              aria-describedby={trouble === null ? "ways" : "trouble ways"}
            />
            <button type="submit">Log in</button>
          </form>
          <p id="ways">
            On the machine of the server, <code>skillmeat open</code> makes a link that logs in by itself, and{" "}
            <code>skillmeat token</code> prints the token.
          </p>
        </main>
      </body>
    </html>
  );
}
