/** The icons of `public/icons/icons.svg` (lucide); a test keeps the two the same. */
export const iconNames = [
  ...["activity", "archive", "arrow-left", "arrow-up-down", "ban", "bell", "book-open", "bot", "bug"],
  ...["calendar-clock", "check", "chevron-down", "chevron-right", "circle-check", "circle-dashed"],
  ...["circle-pause", "circle-play", "circle-x", "clock", "coins", "copy", "download", "ellipsis"],
  ...["file-text", "flag", "flask-conical", "gauge", "git-branch", "git-fork", "globe", "hand", "history"],
  ...["inbox", "keyboard", "layers", "layout-grid", "lightbulb", "link", "list", "loader-circle"],
  ...["log-out", "mail", "menu", "microscope", "moon", "package", "pause", "pencil", "play", "plus"],
  ...["rocket", "rotate-ccw", "rotate-cw", "scan-eye", "scroll-text", "search", "settings"],
  ...["shield-check", "siren", "skip-forward", "sparkles", "square", "sun", "sun-moon", "tag", "terminal"],
  ...["timer", "trash-2", "triangle-alert", "upload", "user-round", "workflow", "wrap-text", "wrench", "x"],
] as const;

export type IconName = (typeof iconNames)[number];
