import { index, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** A browser that is logged in. Only a hash of its cookie is stored: a reader of the file cannot log in with it. */
export const webSessions = sqliteTable(
  "web_sessions",
  {
    id: text().primaryKey(),
    /** sha256 of the cookie's value, hex. */
    hash: text().notNull(),
    /** The token it was begun with; the session ends when the server gets another token. */
    token_mark: text().notNull(),
    /** The browser, as it names itself. */
    client: text().notNull(),
    created_at: text().notNull(),
    expires_at: text().notNull(),
  },
  (t) => [
    uniqueIndex("web_sessions_hash").on(t.hash),
    index("web_sessions_expires").on(t.expires_at),
    index("web_sessions_listed").on(t.token_mark, t.created_at, t.id),
  ],
);

/** A link that logs in once; it is deleted when it has been used. */
export const loginLinks = sqliteTable(
  "login_links",
  {
    /** sha256 of the link's secret, hex. */
    hash: text().primaryKey(),
    expires_at: text().notNull(),
  },
  (t) => [index("login_links_expires").on(t.expires_at)],
);
