/** The pattern of `LIKE … ESCAPE '\'` for texts that contain `plain`, in which % and _ mean themselves. */
export function likePattern(plain: string): string {
  return `%${plain.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
