declare const SKILLMEAT_VERSION: string | undefined;

/** package.json's version, put in by the build; a run from source says so. */
export const version = typeof SKILLMEAT_VERSION === "string" ? SKILLMEAT_VERSION : "0.0.0-source";
