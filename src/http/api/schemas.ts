import { Type, type TSchema } from "@sinclair/typebox";

/** Parts that the API's schemas are made of. A schema with an `$id` becomes a component of the OpenAPI document. */

export const closed = { additionalProperties: false };

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** One of some texts. */
export function oneOf<const T extends readonly string[]>(texts: T, options: Record<string, unknown> = {}) {
  return Type.Unsafe<T[number]>(
    Type.Union(
      texts.map((text) => Type.Literal(text)),
      options,
    ),
  );
}

export const Time = Type.String({ format: "date-time", description: "ISO 8601, UTC, milliseconds" });
export const Id = Type.String({ description: "UUIDv7" });
export const Json = Type.Unknown({ description: "any JSON value" });
export const JsonObject = Type.Record(Type.String(), Type.Unknown());

export const Finding = Type.Object(
  {
    severity: oneOf(["error", "warning"]),
    category: oneOf(["schema", "expression", "dag", "artifact", "preflight"]),
    code: Type.String(),
    message: Type.String(),
    path: Type.String({ description: "such as stages[1].id" }),
    line: Type.Integer({ description: "from 1" }),
    column: Type.Integer({ description: "from 1" }),
    stage_id: nullable(Type.String()),
    hint: nullable(Type.String()),
  },
  { $id: "Finding", ...closed },
);

export const ValidationResult = Type.Object(
  { valid: Type.Boolean(), errors: Type.Array(Finding), warnings: Type.Array(Finding) },
  { $id: "ValidationResult", ...closed },
);

export const Problem = Type.Object(
  {
    error: Type.Object(
      {
        code: Type.String({ description: "stable, for programs" }),
        message: Type.String({ description: "for people" }),
        details: Type.Optional(
          Type.Array(
            Type.Object(
              {
                path: Type.String(),
                message: Type.String(),
                line: Type.Optional(Type.Integer()),
                column: Type.Optional(Type.Integer()),
                definition: Type.Optional(
                  Type.String({
                    description: "of a stale If-Match: the text that is saved, the text that was sent",
                  }),
                ),
                definition_hash: Type.Optional(Type.String()),
              },
              { description: "of a definition that does not hold: its findings, whole" },
            ),
          ),
        ),
        trace_id: Type.String({ description: "also in X-Trace-Id and in the server's log" }),
      },
      closed,
    ),
  },
  { $id: "Problem", ...closed },
);

export const limitQuery = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "items of a page" }),
);
export const cursorQuery = Type.Optional(
  Type.String({
    maxLength: 1000,
    description: "next_cursor or prev_cursor of a page; of the same list and order",
  }),
);

/** The list envelope. */
export function pageOf<T extends TSchema>(item: T, name: string) {
  return Type.Object(
    {
      items: Type.Array(item),
      next_cursor: nullable(Type.String()),
      prev_cursor: nullable(Type.String()),
      has_more: Type.Boolean({ description: "true: next_cursor leads on" }),
      damaged: Type.Optional(
        Type.Integer({ description: "rows of this page that are damaged and left out; doctor names them" }),
      ),
      total_count: Type.Integer({ description: "over all pages" }),
      total_is_least: Type.Optional(
        Type.Literal(true, {
          description:
            "there are more than total_count: of a list that is narrowed by time not all are counted",
        }),
      ),
    },
    { $id: name, ...closed },
  );
}
