/** Spans of virtual time. */
import type { Micros } from "./types";

export const MICROS_PER_SECOND = 1_000_000;
export const millis = (n: number): Micros => Math.round(n * 1000);
export const seconds = (n: number): Micros => Math.round(n * MICROS_PER_SECOND);
