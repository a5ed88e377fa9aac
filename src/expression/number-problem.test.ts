import { expect, test } from "bun:test";
import { numberProblem } from "./number-problem.ts";

test.each([
  "0",
  "-0",
  "1.5",
  "007",
  "9007199254740991",
  "-9007199254740991",
  "9007199254740991.0",
  "0.1000000000000000055511151231257827",
  "1e15",
  "1e21",
  "6.02214076e23",
  "-1.50E+300",
  "1.7976931348623157e308",
  "1e-400",
])("%s is kept as it is", (written) => expect(numberProblem(written)).toBeNull());

test.each([
  "9007199254740992",
  "-9007199254740993",
  "12345678901234567890",
  "9007199254740993.0",
  "9007199254740993e0",
  "1e16",
  "1e20",
  "100000000000000000000000",
  "1234567890123456789e10",
])("%s is refused with its digits and the way out", (written) => {
  expect(numberProblem(written)).toBe(
    `${written} is a whole number beyond ±9007199254740991, which cannot be kept exactly. ` +
      `make it a quoted string: "${written}"`,
  );
});

test.each(["1e999", "-1e999", "1.8e308"])("%s overflows", (written) => {
  expect(numberProblem(written)).toBe(
    `${written} is too large a number. the largest is about 1.8e308. make it a quoted string: "${written}"`,
  );
});

test("a form that is read otherwise is judged by its value", () => {
  expect(numberProblem("0x1F", 31)).toBeNull();
  expect(numberProblem("0x20000000000000", 2 ** 53)).toContain("0x20000000000000 is a whole number beyond");
  expect(numberProblem(".inf", Infinity)).toContain(".inf is too large a number");
});

test("endless digits are cut", () => {
  const problem = numberProblem("9".repeat(400)) ?? "";
  expect(problem).toContain(`${"9".repeat(80)}… is too large`);
  expect(problem.length).toBeLessThan(300);
});
