import type { Html } from "../../jsx/jsx-runtime.ts";
import { TextField } from "./field.tsx";
import type { FormScope } from "./problems.tsx";

/** What may be spent, by all attempts of a stage or by the whole run. */
export function BudgetFields({ scope, at }: { scope: FormScope; at: string }): Html {
  const usual = "as much as it takes";
  return (
    <div class="pair">
      <TextField
        scope={scope}
        name={`${at}.usd`}
        label="Dollars at most"
        placeholder={usual}
        mode="decimal"
      />
      <TextField
        scope={scope}
        name={`${at}.tokens`}
        label="Tokens to pay at most"
        placeholder={usual}
        mode="numeric"
      />
    </div>
  );
}
