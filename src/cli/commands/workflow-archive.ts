import { statusCommand } from "../set-status.ts";

export const run = statusCommand("archived");
