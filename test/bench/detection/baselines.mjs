/**
 * What others do, on the same series: PSS + SwapPss every two minutes, each life of a process by itself. A baseline looks every hour
 * and gives a score; it raises the alarm when that passes a threshold. `usual` is what its documentation, its code or its users
 * propose; the rest of `choices` and every threshold are tried on the tuning seeds.
 */
const PER_HOUR = 30;

export const BASELINES = [
  {
    // deriv(process_resident_memory_bytes[6h]): least squares, in percent of the level an hour.
    name: 'deriv',
    choices: [6, 1, 24],
    usual: 1,
    score: (life, hours) => (life.hours < hours ? 0 : (100 * life.line(hours).slope) / life.first),
  },
  {
    // predict_linear(…[6h], 4 * 3600) against the limit, or four times the level where there is none.
    name: 'predict_linear',
    choices: [
      [6, 4],
      [1, 4],
      [6, 24],
      [24, 24],
      [24, 96],
    ],
    usual: 1,
    score: (life, [hours, ahead]) => {
      if (life.hours < hours) return 0;
      const { slope, end } = life.line(hours);
      return slope > 0 ? (end + slope * ahead) / life.limit : 0;
    },
  },
  {
    // if totalmem > X for N cycles: times the level of the first hour, the least of the cycles.
    name: 'Monit cycles',
    choices: [5, 30, 120],
    usual: 2,
    score: (life, cycles) => (life.count < cycles ? 0 : life.least(cycles) / life.first),
  },
  {
    // Mann-Kendall's z of 48 values.
    name: 'Mann-Kendall',
    choices: [24, 6, 72],
    usual: 1.96,
    score: (life, hours) => (life.hours < hours ? 0 : kendall(life, hours)),
  },
  {
    // Coroot: least squares over an hour, which must go on in its last quarter; percent an hour.
    name: 'coroot',
    choices: [1, 6, 24],
    usual: 10,
    score: (life, hours) => {
      if (life.hours < hours || life.line(hours / 4).slope <= 0) return 0;
      return (100 * life.line(hours).slope) / life.first;
    },
  },
  {
    // Precog (Jindal et al. 2021): a line from a change point to now that fits, and reaches the limit within days.
    name: 'Precog',
    choices: [168, 48, 24],
    usual: 0.75,
    score: (life, critical) => precog(life, critical),
  },
  {
    name: 'last minus first',
    choices: [1, 24],
    usual: 0.5,
    score: (life, hours) => (life.hours < hours ? 0 : life.last / life.first - 1),
  },
];

/** One life of a process as a baseline sees it. Sums make every line cheap. */
export class LifeSoFar {
  constructor(room) {
    this.values = new Float64Array(room);
    this.sums = { y: new Float64Array(room + 1), ty: new Float64Array(room + 1), yy: new Float64Array(room + 1) };
  }

  begin(ceiling) {
    this.count = 0;
    this.ceiling = ceiling;
    this.changes = [0];
    this.moves = { count: 0, mean: 0, squares: 0 };
  }

  add(value) {
    const { y, ty, yy } = this.sums;
    const at = this.count;
    this.values[at] = value;
    // Centred on the first value, so that the sums keep their precision.
    const own = value - this.values[0];
    y[at + 1] = y[at] + own;
    ty[at + 1] = ty[at] + at * own;
    yy[at + 1] = yy[at] + own * own;
    this.count += 1;
  }

  get hours() {
    return this.count / PER_HOUR;
  }

  get last() {
    return this.values[this.count - 1];
  }

  /** Mean of the first hour, or of what there is. */
  get first() {
    const count = Math.min(this.count, PER_HOUR);
    return this.values[0] + this.sums.y[count] / count;
  }

  get limit() {
    return Number.isFinite(this.ceiling) ? this.ceiling : 4 * this.first;
  }

  least(count) {
    let least = Number.POSITIVE_INFINITY;
    for (let index = this.count - count; index < this.count; index += 1) least = Math.min(least, this.values[index]);
    return least;
  }

  /** Least squares over the last hours: slope an hour, value at the end, share of the variance that is explained. */
  line(hours) {
    const from = Math.max(0, this.count - Math.round(hours * PER_HOUR));
    const n = this.count - from;
    const { y, ty, yy } = this.sums;
    const sum = y[this.count] - y[from];
    const product = ty[this.count] - ty[from] - ((from + this.count - 1) / 2) * sum;
    const square = (n * (n * n - 1)) / 12;
    const variance = yy[this.count] - yy[from] - (sum * sum) / n;
    const slope = product / square;
    return {
      slope: slope * PER_HOUR,
      end: this.values[0] + sum / n + (slope * (n - 1)) / 2,
      fit: variance > 0 ? (product * product) / square / variance : 0,
    };
  }

  /** Notes a change point each hour in which the hourly mean moved by more than three standard deviations of its moves. */
  noteChange() {
    if (this.count < 2 * PER_HOUR) return;
    const { y } = this.sums;
    const mean = (end) => (y[end] - y[end - PER_HOUR]) / PER_HOUR;
    const move = mean(this.count) - mean(this.count - PER_HOUR);
    const { moves } = this;
    const deviation = Math.sqrt(moves.squares / Math.max(1, moves.count - 1));
    if (moves.count > 5 && Math.abs(move - moves.mean) > 3 * deviation) this.changes.push(this.count - PER_HOUR);
    moves.count += 1;
    const before = moves.mean;
    moves.mean += (move - before) / moves.count;
    moves.squares += (move - before) * (move - moves.mean);
  }
}

function kendall(life, hours) {
  const every = (hours * PER_HOUR) / 48;
  let score = 0;
  for (let later = 1; later < 48; later += 1) {
    const value = life.values[life.count - 1 - Math.round((47 - later) * every)];
    for (let earlier = 0; earlier < later; earlier += 1) {
      score += Math.sign(value - life.values[life.count - 1 - Math.round((47 - earlier) * every)]);
    }
  }
  const deviation = Math.sqrt((48 * 47 * (2 * 48 + 5)) / 18);
  return (score - Math.sign(score)) / deviation;
}

function precog(life, critical) {
  let best = 0;
  for (const change of life.changes) {
    const hours = (life.count - change) / PER_HOUR;
    if (hours < 2) continue;
    const { slope, end, fit } = life.line(hours);
    if (slope > 0 && (life.limit - end) / slope <= critical) best = Math.max(best, fit);
  }
  return best;
}
