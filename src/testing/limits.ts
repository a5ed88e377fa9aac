/**
 * Limits that only end what hangs. No test may come near them, however slow its machine is: tests assert what happens,
 * never how fast. Speed is measured by `npm run bench`.
 */

/** For one thing that a test waits for: a line, a page, a process that ends. */
export const longestWaitMs = 90_000;

/** For a whole test. */
export const longestTestMs = 300_000;
