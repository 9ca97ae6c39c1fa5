/** Where the strata lie on the home page's section: 1600 by 1000 units, scaled to the page's width. */
import { STRATA, type Stratum } from "../glyphs/strata";

export const WIDTH = 1600;
export const HEIGHT = 1000;
export const HEIGHTS: Readonly<Record<Stratum, number>> = { orch: 122, pod: 96, ctr: 102, fs: 112, kern: 112, hyp: 100, hw: 88 };
export const SURFACE = HEIGHT - STRATA.reduce((sum, stratum) => sum + HEIGHTS[stratum], 0);

function placed(): { readonly tops: Readonly<Record<Stratum, number>>; readonly mids: Readonly<Record<Stratum, number>> } {
  const tops = {} as Record<Stratum, number>;
  const mids = {} as Record<Stratum, number>;
  let y = SURFACE;
  for (const stratum of STRATA) {
    tops[stratum] = y;
    mids[stratum] = y + HEIGHTS[stratum] / 2;
    y += HEIGHTS[stratum];
  }
  return { tops, mids };
}
export const { tops: TOPS, mids: MIDS } = placed();

const round = (value: number): number => Math.round(value * 100) / 100;

/** The wavy boundary above a band, as points of a path. */
function boundary(index: number, y: number): readonly string[] {
  const points: string[] = [];
  for (let x = -10; x <= WIDTH + 10; x += 12) {
    const wave = 5.5 * Math.sin(x / 210 + index * 1.7) + 3.2 * Math.sin(x / 77 + index * 2.9) + 1.6 * Math.sin(x / 31 + index * 4.3);
    points.push(`${x} ${round(y + wave)}`);
  }
  return points;
}

/** Outline of a band and its upper edge. */
export function bandPaths(stratum: Stratum): { readonly area: string; readonly edge: string } {
  const index = STRATA.indexOf(stratum);
  const upper = boundary(index, TOPS[stratum]);
  const lower =
    index === STRATA.length - 1
      ? [`${WIDTH + 10} ${HEIGHT + 10}`, `-10 ${HEIGHT + 10}`]
      : [...boundary(index + 1, TOPS[stratum] + HEIGHTS[stratum])].reverse();
  return { area: `M${upper.join("L")}L${lower.join("L")}z`, edge: `M${upper.join("L")}` };
}
