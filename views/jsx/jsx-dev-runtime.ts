import { Fragment as List, jsx } from "./jsx-runtime.ts";

// The compiler asks for this module when it is not told that it builds for production.
export type { JSX } from "./jsx-runtime.ts";
export const jsxDEV = jsx;
export const Fragment = List;
