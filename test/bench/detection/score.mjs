/** Adds up what a detector did. `alarm` is the time of its first alarm in hours, or undefined. */
export class Score {
  constructor() {
    Object.assign(this, { found: 0, early: 0, missed: 0, false: 0, quiet: 0, decidableFalse: 0, healthyDays: 0 });
    this.delays = [];
    this.byClass = new Map();
    this.growths = [];
  }

  add(series, alarm, grown) {
    const own = this.byClass.get(series.name) ?? { series: 0, alarms: 0 };
    this.byClass.set(series.name, own);
    own.series += 1;
    if (alarm !== undefined) own.alarms += 1;
    if (series.leaks) this.#leak(series, alarm, grown);
    else this.#healthy(series, alarm);
  }

  #leak({ onset, percent, name }, alarm, grown) {
    const hit = alarm !== undefined && alarm > onset;
    if (hit) this.found += 1;
    else this.missed += 1;
    if (alarm !== undefined && !hit) this.early += 1;
    this.delays.push({ percent, name, delay: hit ? alarm - onset : Number.POSITIVE_INFINITY });
    if (hit && grown !== undefined) this.growths.push(grown);
  }

  #healthy({ undecidable }, alarm) {
    if (alarm === undefined) this.quiet += 1;
    else this.false += 1;
    if (undecidable) return;
    this.healthyDays += (alarm ?? 240) / 24;
    if (alarm !== undefined) this.decidableFalse += 1;
  }

  /** Alarms before the leak began are false too. */
  get precision() {
    return ratio(this.found, this.found + this.false + this.early);
  }

  get recall() {
    return ratio(this.found, this.found + this.missed);
  }

  get f1() {
    return ratio(2 * this.precision * this.recall, this.precision + this.recall);
  }

  get decidablePrecision() {
    return ratio(this.found, this.found + this.decidableFalse + this.early);
  }

  get falsePerDay() {
    return ratio(this.decidableFalse, this.healthyDays);
  }

  /** Of leaks of so many percent an hour: how many were found within so many hours, and the median delay. */
  within({ from, to = Number.POSITIVE_INFINITY, hours = Number.POSITIVE_INFINITY }) {
    const those = this.delays.filter(({ percent }) => percent >= from && percent < to);
    const delays = those.map(({ delay }) => delay).sort((a, b) => a - b);
    return {
      count: those.length,
      share: ratio(delays.filter((delay) => delay <= hours).length, those.length),
      median: delays[delays.length >> 1],
    };
  }
}

/**
 * The alarms of a detector that gives scores, for every threshold at once: the times at which the score reached a new height.
 * @returns a function from a threshold to the time of the alarm.
 */
export class Heights {
  constructor() {
    this.list = [];
  }

  add(time, score) {
    if (score > (this.list.at(-1)?.score ?? 0)) this.list.push({ time, score });
  }

  alarm(threshold) {
    return this.list.find(({ score }) => score > threshold)?.time;
  }
}

function ratio(part, whole) {
  return whole > 0 ? part / whole : 0;
}
