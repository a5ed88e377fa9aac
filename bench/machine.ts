import { newActor, type SendToActor } from "../src/machine/actor.ts";
import { sendPure } from "../src/machine/pure-actor.ts";
import { sendToStarted } from "../src/machine/started-actor.ts";
import { restoreActor, storedActor } from "../src/machine/stored-actor.ts";
import { stageEvents } from "../src/testing/machine-events.ts";
import { compare, timeWork, timesRow, type Row } from "./measure.ts";

const lives = 2_000;

/** The cost of a started XState actor against the pure transition of the same machine, both without a database. */
export async function measureMachine(): Promise<Row[]> {
  return [
    await measureLife("a step's life as a started actor", stepLife),
    await measureLife("the same, restarted", restartAfterEach),
  ];
}

async function measureLife(what: string, live: (send: SendToActor) => void): Promise<Row> {
  const one = async (send: SendToActor): Promise<number> => {
    const all = (): void => {
      for (let step = 0; step < lives; step++) live(send);
    };
    return (await timeWork(all)) / lives;
  };
  const compared = await compare(9, { figure: () => one(sendToStarted), limit: () => one(sendPure) });
  return timesRow(what, compared, { limitIs: "pure transition", most: 1.5 });
}

/** A step is made, started, failed, tried again and completed, and stored after each event. */
function stepLife(send: SendToActor): void {
  const actor = newActor("stage");
  for (const event of [stageEvents.START, stageEvents.FAILED, stageEvents.START, stageEvents.SUCCEEDED]) {
    send(actor, event);
    storedActor(actor);
  }
}

/** The same, but the actor is restored from its stored state after each event. */
function restartAfterEach(send: SendToActor): void {
  let actor = newActor("stage");
  for (const event of [stageEvents.START, stageEvents.FAILED, stageEvents.START, stageEvents.SUCCEEDED]) {
    send(actor, event);
    actor = restoreActor("stage", storedActor(actor));
  }
}
