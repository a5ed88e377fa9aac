/** An error or a warning about a definition. `line` and `column` count from 1; `path` looks like `stages[1].id`. */
export interface Finding {
  severity: "error" | "warning";
  category: "schema" | "expression" | "dag" | "artifact" | "preflight";
  code: string;
  message: string;
  path: string;
  line: number;
  column: number;
  stage_id: string | null;
  hint: string | null;
}

export interface ValidationResult {
  valid: boolean;
  errors: Finding[];
  warnings: Finding[];
}
