import { describe, expect, test } from "bun:test";
import { begins, calls, ends, says, starts, writes } from "../testing/claude-stream.ts";
import { readEvents, type SentEvent } from "../testing/read-events.ts";
import { openClaudeSite } from "./claude-site.ts";
import { sites } from "./ui-browser.ts";

/** What an agent writes is on its way before the message is whole. */

const { site } = sites();
const secret = "sk-a-key-of-some-length";

/** What an event says, as far as it is of the message: its kind in brackets, then its text. */
function said({ event, data }: SentEvent): string[] {
  if (event === "delta") return [`[delta] ${(data as unknown as { text: string }).text}`];
  const { stream, text } = (data.data ?? {}) as { stream?: string; text?: string };
  if (event !== "log_line" || stream !== "agent") return [];
  const { kind, ...told } = JSON.parse(text ?? "") as { kind: string; text?: string };
  return [`[${kind}] ${told.text ?? ""}`];
}

/** All pieces together. */
const written = (events: readonly SentEvent[]): string =>
  events
    .filter(({ event }) => event === "delta")
    .flatMap(said)
    .map((each) => each.slice("[delta] ".length))
    .join("");

describe("a stream of an execution", () => {
  test("has the pieces of a message before it, without ids, and nothing of them after it", async () => {
    const { place, next } = await openClaudeSite(site, "deltas", [
      [begins(), starts("m1"), writes("I will "), writes("look.")],
      [says("I will look."), calls("b1", "Bash", { command: "ls" }), starts("m2"), writes("Done")],
      [says("Done."), ends()],
    ]);
    const url = `${place.url}/api/v1/workflow-executions/${await place.start("code")}/stream`;
    const awaited = ["look.", "Done"];
    const events = await readEvents(await fetch(url), (all) => {
      if (awaited.length > 0 && written(all).endsWith(awaited[0] ?? "")) {
        awaited.shift();
        next();
      }
      return false;
    });
    const texts = events.flatMap(said).filter((each) => !each.startsWith("[notice]"));
    const whole = texts.indexOf("[message] I will look.");
    expect(texts.slice(0, whole).join("").replaceAll("[delta] ", "")).toBe("I will look.");
    expect(texts.slice(whole)).toEqual([
      "[message] I will look.",
      "[tool_call] ",
      "[delta] Done",
      "[message] Done.",
      expect.stringContaining("[usage]"),
    ]);
    const deltas = events.filter(({ event }) => event === "delta");
    expect(deltas.map(({ id }) => id)).toEqual(deltas.map(() => Number.NaN));
    expect(deltas.at(-1)?.data as unknown).toEqual({
      stage_id: "build",
      attempt: 1,
      message: "m2.0",
      text: "Done",
    });
    const again = await readEvents(await fetch(`${url}?after=0`));
    expect(again.filter(({ event }) => event === "delta")).toEqual([]);
  });

  test("brings who comes in the middle of a message all that is known of it", async () => {
    const { place, next } = await openClaudeSite(site, "deltas-late", [
      [begins(), starts("m1"), writes("The beginning, ")],
      [writes("and the end.")],
      [says("The beginning, and the end."), ends()],
    ]);
    const url = `${place.url}/api/v1/workflow-executions/${await place.start("code")}/stream`;
    await readEvents(await fetch(url), (all) => written(all) === "The beginning, ");
    next();
    await readEvents(await fetch(url), (all) => written(all) === "The beginning, and the end.");
    next();
    await readEvents(await fetch(url));
  });

  test("never has a secret in the pieces, wherever it is split", async () => {
    const split = [...`Here it is: ${secret}. `].map(writes);
    const { place, next } = await openClaudeSite(
      site,
      "deltas-secret",
      [
        [begins(), starts("m1"), ...split],
        ["long", "text", "follows", "so", "that", "it", "is", "told"].map((word) => writes(`${word}-`)),
        [says(`Here it is: ${secret}. long-text-follows-so-that-it-is-told-`), ends()],
      ],
      { ANTHROPIC_API_KEY: secret },
    );
    const url = `${place.url}/api/v1/workflow-executions/${await place.start("code")}/stream`;
    const awaited = [
      (all: readonly SentEvent[]) => all.some(({ event }) => event === "log_line"),
      (all: readonly SentEvent[]) => written(all).startsWith("Here it is: ***. "),
    ];
    const events = await readEvents(await fetch(url), (all) => {
      if (awaited[0]?.(all)) {
        awaited.shift();
        next();
      }
      return false;
    });
    const seen = events.flatMap(said).join("\n");
    expect("Here it is: ***. long-text-follows-so-that-it-is-told-").toStartWith(written(events));
    expect(seen).not.toContain(secret.slice(0, 8));
  });
});
