/** How far a piece of long work is. */
export interface Step {
  /** What is done, as in "copying events.db". */
  readonly what: string;
  readonly unit: 'bytes' | 'events' | 'keys';
  readonly done: number;
  readonly total: number;
}

/** Is told of steps; ends the work by throwing. */
export type OnStep = (step: Step) => void;

/** A step as two numbers, which is how stores tell it. */
export function steps(onStep: OnStep, what: string, unit: Step['unit']): (done: number, total: number) => void {
  return (done, total) => onStep({ what, unit, done, total });
}
