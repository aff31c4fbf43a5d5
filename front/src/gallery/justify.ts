/**
 * Justified rows: pictures keep their shape, rows of one set are of similar height and fill the width.
 *
 * Where to break is chosen for all rows together (shortest path over the possible breaks, the idea of Knuth and
 * Plass's paragraph breaking), so that no row has to pay for its predecessor's greed.
 */

export interface RowRules {
  /** Whole CSS pixels. */
  readonly width: number;
  /** The height that rows should be near. */
  readonly target: number;
  readonly gap: number;
}

export interface Row {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Exact, not rounded. */
  readonly height: number;
  readonly filled: boolean;
}

/** Rows shorter than this part of the target are not considered, unless a single picture forces them. */
const SHORTEST = 0.5;
/** A last row that covers more than this part of the width looks like a mistake when it is left ragged. */
const NEARLY_FULL = 0.8;
/** What the emptiness of a ragged last row costs: a single picture left over should rather join the rows before it. */
const EMPTINESS_COST = 0.2;

/** Shapes outside of these are cropped in the grid: a panorama must not become a thread, nor a receipt a tower. */
const NARROWEST = 0.45;
const WIDEST = 3;

/** The shape that a picture takes in the grid. */
export function gridRatio(ratio: number): number {
  if (!(ratio > 0) || !Number.isFinite(ratio)) return 1;
  return Math.min(WIDEST, Math.max(NARROWEST, ratio));
}

/**
 * Breaks pictures into rows. With `filled`, the last row fills the width as well; with `ragged` it keeps the
 * target height when it is too short to fill it.
 */
export function breakRows(ratios: ArrayLike<number>, rules: RowRules, ending: 'filled' | 'ragged'): Row[] {
  const count = ratios.length;
  const cost = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Int32Array(count + 1);
  cost[0] = 0;
  for (let start = 0; start < count; start++) {
    const before = cost[start] as number;
    let sum = 0;
    for (let end = start + 1; end <= count; end++) {
      sum += ratios[end - 1] as number;
      const height = filledHeight(sum, end - start, rules);
      if (height < rules.target * SHORTEST && end > start + 1) break;
      const isLast = end === count && ending === 'ragged';
      const total = before + (isLast ? lastRowCost(height, sum, end - start, rules) : rowCost(height, rules));
      if (total < (cost[end] as number)) {
        cost[end] = total;
        cameFrom[end] = start;
      }
    }
  }
  return collectRows(ratios, cameFrom, rules, ending);
}

function collectRows(
  ratios: ArrayLike<number>,
  cameFrom: Int32Array,
  rules: RowRules,
  ending: 'filled' | 'ragged',
): Row[] {
  const rows: Row[] = [];
  let end = ratios.length;
  while (end > 0) {
    const start = cameFrom[end] as number;
    const sum = sumOf(ratios, start, end);
    const height = filledHeight(sum, end - start, rules);
    const mayBeRagged = ending === 'ragged' && end === ratios.length;
    const filled = !mayBeRagged || isFilled(height, sum, end - start, rules);
    rows.push({ start, end, height: filled ? height : rules.target, filled });
    end = start;
  }
  return rows.reverse();
}

/** The height at which pictures with this sum of ratios fill the width. */
export function filledHeight(ratioSum: number, count: number, rules: RowRules): number {
  return (rules.width - rules.gap * (count - 1)) / ratioSum;
}

function rowCost(height: number, rules: RowRules): number {
  const stretch = Math.log(height / rules.target);
  return stretch * stretch;
}

function lastRowCost(height: number, sum: number, count: number, rules: RowRules): number {
  if (isFilled(height, sum, count, rules)) return rowCost(height, rules);
  return EMPTINESS_COST * (1 - coverage(sum, count, rules));
}

/** A last row is filled when it would have to shrink, or has to grow only a little. */
function isFilled(height: number, sum: number, count: number, rules: RowRules): boolean {
  return height <= rules.target || coverage(sum, count, rules) > NEARLY_FULL;
}

function coverage(sum: number, count: number, rules: RowRules): number {
  return (sum * rules.target + rules.gap * (count - 1)) / rules.width;
}

function sumOf(values: ArrayLike<number>, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += values[at] as number;
  return sum;
}
