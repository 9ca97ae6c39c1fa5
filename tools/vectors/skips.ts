/** Why a case may be skipped. Nothing else is a reason; each under-specified case is named with its sentence. */
export const NO_RUNNER = "no runner";
export const NEEDS_PYTHON = "needs python3";
export const REFERENCE = "a reference, no case";
export const UNSTABLE = "unstable";
export const UNDER_SPECIFIED: Readonly<Record<string, string>> = {};
