import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./src/store/workflow-tables.ts",
    "./src/store/execution-tables.ts",
    "./src/store/count-tables.ts",
    "./src/store/draft-tables.ts",
    "./src/store/session-tables.ts",
  ],
  out: "./drizzle",
});
