/** The nine hues that were checked for contrast. A colour of a definition is never painted: the nearest of these is. */
const hues = {
  indigo: 239,
  blue: 217,
  teal: 188,
  green: 148,
  amber: 45,
  rose: 340,
  violet: 265,
  orange: 24,
} as const;

export type Hue = keyof typeof hues | "slate";

const names = Object.keys(hues) as (keyof typeof hues)[];

/** `color` is a name or `#rgb`, `#rrggbb`; anything else, and none, gives a hue by the workflow's own id. */
export function hueOf(color: string | undefined, slug: string): Hue {
  const asked = color?.trim().toLowerCase() ?? "";
  if (asked === "slate" || asked === "gray" || asked === "grey") return "slate";
  const named = names.find((name) => name === asked);
  if (named) return named;
  const angle = angleOf(asked);
  if (angle === null) return names[sumOf(slug) % names.length] ?? "indigo";
  return angle === "none" ? "slate" : nearestTo(angle);
}

function nearestTo(angle: number): Hue {
  const distance = (name: keyof typeof hues): number => {
    const apart = Math.abs(hues[name] - angle);
    return Math.min(apart, 360 - apart);
  };
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/** The angle on the colour wheel; `none` for a grey, null for what is no colour. */
function angleOf(color: string): number | "none" | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(color);
  const long = short ? `#${short[1]}${short[1]}${short[2]}${short[2]}${short[3]}${short[3]}` : color;
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(long);
  if (!match) return null;
  const [red, green, blue] = match.slice(1).map((part) => Number.parseInt(part, 16) / 255) as [
    number,
    number,
    number,
  ];
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread < 0.1) return "none";
  if (most === red) return (60 * ((green - blue) / spread) + 360) % 360;
  return most === green ? 60 * ((blue - red) / spread) + 120 : 60 * ((red - green) / spread) + 240;
}

function sumOf(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum;
}
