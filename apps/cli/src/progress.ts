// How far long work is: one line that moves on a terminal, a line now and then elsewhere.
import type { Step } from '#installation/step.js';

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
const LINE_EVERY_MS = 5_000;
const BAR = 20;

export class Progress {
  private what = '';
  private begunAt = 0;
  private shownAt = 0;

  /** @param now milliseconds of a clock that never jumps */
  constructor(
    private readonly output: Output,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Shows a step, as often as a reader can follow; the end of each kind of step always. */
  show(step: Step): void {
    const now = this.now();
    const finished = step.done >= step.total;
    if (step.what !== this.what) {
      this.what = step.what;
      this.begunAt = now;
      // On a terminal the first line comes at once, elsewhere when there is something to tell.
      this.shownAt = this.output.isTTY ? -Infinity : now;
    }
    if (!finished && now - this.shownAt < (this.output.isTTY ? REDRAW_MS : LINE_EVERY_MS)) return;
    this.shownAt = now;
    const line = progressLine(step, (now - this.begunAt) / 1000, this.output.isTTY === true);
    this.output.write(
      this.output.isTTY ? `\r${line.slice(0, (this.output.columns ?? 80) - 1)}\u001b[K${finished ? '\n' : ''}` : `${line}\n`,
    );
    if (finished) this.what = '';
  }
}

/** A step as people read it: how much of how much, how fast, and how long it will still take. */
export function progressLine({ what, unit, done, total }: Step, seconds: number, bar: boolean): string {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(share * BAR);
  const parts = [
    what,
    ...(bar ? [`[${'#'.repeat(filled)}${' '.repeat(BAR - filled)}]`] : []),
    `${Math.floor(share * 100)} %`,
    `${amount(done, unit)} of ${amount(total, unit)}`,
  ];
  if (seconds > 0) parts.push(`${amount(done / seconds, unit)}/s`);
  if (share === 1) parts.push(`done in ${duration(seconds)}`);
  else if (done > 0 && seconds > 0) parts.push(`${duration(((total - done) * seconds) / done)} left`);
  return parts.join('  ');
}

function amount(value: number, unit: Step['unit']): string {
  if (unit !== 'bytes') return `${Math.round(value)} ${unit}`;
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e3).toFixed(1)} kB`;
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
