// Callers at work on one folder for as long as a test likes, and the judge at the end of it.
import { BackOffice, SEATS } from '../support/back-office.js';
import { Positions } from '../support/client.js';
import { randomOf } from '../support/random.js';
import { Caller, type Surroundings } from './callers.js';
import { CurrentServer } from './current-server.js';
import { logOf, wrongInViews } from './inspection.js';
import { judge, type Findings } from './judge.js';
import { Ledger } from './ledger.js';
import { makeScene, type Scene } from './scene.js';

const CALLERS = 4;

export type ShiftOptions = Pick<Surroundings, 'mayBeRefused' | 'turn'> & { readonly callers?: number };

export class Shift {
  readonly servers = new CurrentServer();
  readonly ledger = new Ledger();
  private readonly callers: readonly Caller[];

  private constructor(
    private readonly folder: string,
    private readonly scene: Scene,
    { mayBeRefused, turn }: ShiftOptions,
  ) {
    const { servers, ledger } = this;
    const around: Surroundings = { ...scene, servers, ledger, mayBeRefused, turn, positions: new Positions() };
    this.callers = scene.places.map((place, n) => {
      const name = `caller-${n + 1}`;
      return new Caller(name, new BackOffice(place, name, randomOf(n)), around);
    });
  }

  /** Makes what the callers work on, in an empty folder. No server runs on it afterwards: `servers` is told of one. */
  static async on(folder: string, options: ShiftOptions = {}): Promise<Shift> {
    return new Shift(folder, await makeScene(folder, options.callers ?? CALLERS), options);
  }

  begin(): void {
    for (const caller of this.callers) caller.start();
  }

  /** Resolves with the `more`th acknowledgement from now on. */
  acknowledgements(more: number): Promise<void> {
    return this.ledger.acknowledgements(more);
  }

  /** Everybody finishes what he is at. */
  async end(): Promise<void> {
    await Promise.all(this.callers.map((caller) => caller.stop()));
  }

  /** What is wrong with the log, the views and the answers, once it is over. */
  async wrong(): Promise<Findings> {
    const { sent, acknowledged, shown, complaints } = this.ledger;
    const log = await logOf(this.folder);
    const found = judge(log, { sent, acknowledged, shown, since: this.scene.since, seats: SEATS });
    return { ...found, wrong: [...found.wrong, ...complaints, ...(await wrongInViews(this.folder))] };
  }
}
