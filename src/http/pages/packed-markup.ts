import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** Markup that is compressed already. */
export interface PackedMarkup {
  /** UTF-8, by gzip. */
  gzip: Uint8Array<ArrayBuffer>;
}

/** Compresses markup at once: where it is large, this belongs in a thread. */
export function packMarkup(markup: string | Uint8Array<ArrayBuffer>): PackedMarkup {
  return { gzip: Bun.gzipSync(markup, { library: "libdeflate", level: 1 }) };
}

/** The UTF-8 of packed markup, for the rare client that takes nothing compressed; does not block the event loop. */
export async function unpackMarkup({ gzip }: PackedMarkup): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await promisify(gunzip)(gzip));
}
