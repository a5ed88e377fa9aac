import { AppError } from "../../errors.ts";
import { accessFor } from "../../http/server/access.ts";
import { listen, type ListeningServer, type Place } from "../../http/server/listen.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { serveToken, type ServeToken } from "../serve-token.ts";
import { listenForInterrupts, type Interrupts } from "../terminal/interrupts.ts";

const stopPatienceMs = 5_000;

/**
 * Runs the engine as a service until it is told to stop. The port is taken first, and the rest is loaded afterwards
 * part by part, so that health checks are answered meanwhile.
 */
export const run: CommandRun = async (invocation) => {
  const { place, token } = placeOf(invocation);
  // Before the port is open, because whoever sees it open may ask for the end at once.
  const interrupts = listenForInterrupts(() => invocation.quit(exitCodes.interrupted));
  try {
    return await listenAndServe(invocation, { place, token, interrupts });
  } finally {
    interrupts.close();
  }
};

async function listenAndServe(
  invocation: Invocation,
  { place, token, interrupts }: { place: Place; token: ServeToken; interrupts: Interrupts },
): Promise<ExitCode> {
  const listening = await listenOrSayWho(invocation, place);
  try {
    for (const part of parts) {
      await part();
      await letRequestsIn();
    }
    const { serveHome } = await import("../serve-home.ts");
    return await serveHome(invocation, { listening, access: place.access, from: token.from, interrupts });
  } finally {
    await listening.stop(stopPatienceMs);
  }
}

/** What `serve-home` needs, in parts, so that no single load takes long. */
const parts: readonly (() => Promise<unknown>)[] = [
  () => import("../../store/database.ts"),
  () => import("../../engine/create-engine.ts"),
];

/** Two turns of the loop: one takes a connection, the next reads what is asked on it. */
function letRequestsIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** If the port is taken, most likely this home's own server has it: then the message says that. */
async function listenOrSayWho({ home }: Invocation, place: Place): Promise<ListeningServer> {
  try {
    return await listen(place);
  } catch (error) {
    if (error instanceof AppError) {
      const [{ withStore }, { refuseSecondServer }] = await Promise.all([
        import("../open-home.ts"),
        import("../../http/server/server-file.ts"),
      ]);
      await withStore(home, (store) => refuseSecondServer(store, home));
    }
    throw error;
  }
}

function placeOf(invocation: Invocation): { place: Place; token: ServeToken } {
  const { given } = invocation;
  const host = given.text("host") ?? "127.0.0.1";
  const port = given.whole("port", { least: 0, most: 65_535 }) ?? 8787;
  const token = serveToken(invocation, host);
  return { place: { host, port, access: accessFor(host, token.secret) }, token };
}
