import { describe, expect, test } from "bun:test";
import { createMasks, hideIn, secretsOf } from "./masks.ts";

const certificate = JSON.stringify({
  type: "service_account",
  project: "acme",
  port: 54321,
  private_key: "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n",
  nested: [{ client_secret: "deeply/hidden+one" }],
});

/** What is left of a text once everything masked is taken out. */
function left(secret: string, text: string): string {
  return createMasks([secret]).hide(text).replaceAll("***", "");
}

describe("a secret is hidden", () => {
  const secret = 'pa"ss/wörd+1 <&> @x';
  const forms: [form: string, text: string][] = [
    ["as it is", secret],
    ["within JSON", JSON.stringify({ a: secret })],
    ["within JSON within JSON", JSON.stringify({ a: JSON.stringify([secret]) })],
    ["in JSON of ASCII alone", JSON.stringify(secret).replace("ö", "\\u00f6")],
    [
      "in JSON that escapes markup",
      JSON.stringify(secret).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    ],
    ["URL-encoded", `https://x/?q=${encodeURIComponent(secret)}&r=1`],
    ["URL-encoded in small letters", encodeURIComponent(secret).toLowerCase()],
    ["in a form", new URLSearchParams({ q: secret }).toString()],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 of a pair", Buffer.from(`u:${secret}`).toString("base64")],
    ["in base64 of a longer pair", Buffer.from(`me:${secret}\n`).toString("base64")],
    ["in base64 for URLs", Buffer.from(`Xy${secret}??`).toString("base64url")],
  ];
  test.each(forms)("%s", (_, text) => {
    const rest = left(secret, text);
    expect(rest).not.toBe(text);
    for (const piece of ["pa", "ss/w", "rd+1", "cGEic3", "InNzL3", "L3fDtn"])
      expect(rest).not.toContain(piece);
  });

  test("of several lines, each line by itself", () => {
    for (const line of ["hunter2hunter2", "rosebud-rosebud"]) {
      expect(left("hunter2hunter2\r\nrosebud-rosebud\n", `1: ${line}!`)).toBe("1: !");
    }
  });

  test("of JSON in every layout, and field by field", () => {
    const value: unknown = JSON.parse(certificate);
    const texts = [
      certificate,
      JSON.stringify(value, null, 2),
      JSON.stringify(value, null, "\t"),
      "key MIIEvQIBADANBgkq, port 54321, deeply/hidden+one",
      Buffer.from("deeply/hidden+one").toString("base64"),
      encodeURIComponent("deeply/hidden+one"),
    ];
    for (const text of texts.flatMap((each) => [each, ...each.split("\n")])) {
      const rest = left(certificate, text);
      for (const field of ["MIIE", "hkiG", "54321", "deeply", "ZGVlcGx5", "hidden"])
        expect(rest).not.toContain(field);
    }
  });

  test("in base64 that is folded at any width", () => {
    const long = Array.from({ length: 40 }, (_, at) => `word${at * 7919}`).join("-");
    const whole = Buffer.from(`${long}\n`).toString("base64");
    for (const width of [48, 60, 64, 70, 76]) {
      const lines = whole.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
      for (const line of lines.slice(0, -1)) expect(left(long, line)).toHaveLength(0);
    }
    for (const width of [64, 76]) {
      const last = whole.slice(whole.length - (whole.length % width || width));
      expect(left(long, last).length).toBeLessThan(4);
    }
  });

  test("where a message has cut it, from four characters on", () => {
    const { hide } = createMasks(["hunter2-hunter2", `long-${"0123456789abcdef".repeat(4)}`]);
    expect(hide('must be integer, not "tok hunt…"')).toBe('must be integer, not "tok ***…"');
    expect(hide("hunter2-hunter…; long-0123…, a … hunter2-…")).toBe("***…; ***…, a … ***…");
    expect(hide("hunter … hunt ends hun…")).toBe("hunter … hunt ends hun…");
  });

  test("where secrets overlap, all of both", () => {
    const { hide } = createMasks(["abcdef", "defghi", "cdef"]);
    expect(hide("..abcdefghi..cdefghi")).toBe("..***..***");
  });

  test("beside another without anything between", () => {
    expect(createMasks(["hunter2"]).hide("hunter2hunter2 hunter2")).not.toContain("hunter");
  });

  test("that is longer than any comparison", () => {
    const long = Array.from({ length: 3000 }, (_, at) => ((at * 2654435761) >>> 5).toString(36)).join("");
    expect(createMasks([long]).hide(`<${long}>`)).toBe("<***>");
    const hidden = createMasks([long]).hide(`<${long.slice(0, 5000)}>`);
    expect(hidden.length).toBeLessThan(2 + 3 + 32);
  });
});

describe("left as it is:", () => {
  test("a text of three characters or fewer, blanks, and words that mean nothing", () => {
    const { hide } = createMasks(["abc", "", "   ", "true", "None"]);
    expect(hide("abc true None")).toBe("abc true None");
  });

  test("the names of the fields of a JSON secret", () => {
    expect(createMasks([certificate]).hide('{"private_key": 1}')).toBe('{"private_key": 1}');
  });

  test("a text in which nothing is found, the same one", () => {
    const text = "nothing to see".repeat(100);
    expect(createMasks(["hunter2hunter2"]).hide(text)).toBe(text);
  });
});

test("variables with a telling name hold secrets, and so do addresses with a password", () => {
  const secrets = secretsOf({
    GH_TOKEN: "abc123",
    db_password: "p.w+d",
    PLAIN: "plain",
    HTTPS_PROXY: "http://me:s%40cret@proxy:3128",
  });
  expect(secrets).toEqual(["abc123", "p.w+d", "s%40cret", "s@cret"]);
});

test("values are hidden with their names and numbers, whatever they are called", () => {
  const masks = createMasks(['{"pin": 918273}', "hunter2"]);
  const value = JSON.parse('{"a":["hunter2",918273,9182731],"hunter2":{"b":null},"__proto__":"hunter2"}');
  expect(JSON.stringify(hideIn(value, masks))).toBe(
    '{"a":["***","***",9182731],"***":{"b":null},"__proto__":"***"}',
  );
});

test("what an agent names is bounded, what the workflow names is not", () => {
  const masks = createMasks();
  for (let at = 0; at < 1500; at++) masks.learn(`secret-number-${at}!`);
  expect(masks.secrets.size).toBe(1000);
  masks.add("hunter2hunter2");
  expect(masks.hide("hunter2hunter2")).toBe("***");
});
