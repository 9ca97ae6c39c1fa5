/** 2026-01-01T00:00:00Z in microseconds: when every world begins, and where times of files are counted from. */
export const EPOCH = 1767225600e6;
