/**
 * These limits only end tests that hang. No test may come near them, however slow the machine is: tests assert what
 * happens, never how fast. `npm run bench` measures speed.
 */

/** The limit for one event that a test waits for: a line, a page, the end of a process. */
export const longestWaitMs = 90_000;

/** The limit for a whole test. */
export const longestTestMs = 300_000;
