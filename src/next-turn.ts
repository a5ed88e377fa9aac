/** Resolves when everything that waited for the event loop has had its turn: to be awaited within long work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
