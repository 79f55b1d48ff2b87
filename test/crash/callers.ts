// Clients that outlive the server: each goes on with its story, repeats what was cut off with the same
// `Idempotency-Key` until it knows the outcome, and writes down what it was told.
import { setTimeout as pause } from 'node:timers/promises';
import { commandIdOf } from '#kernel/ids.js';
import type { BackOffice, Deed, Question, SharedLicense } from '../support/back-office.js';
import { clientOf, type Answer, type Positions } from '../support/client.js';
import type { CurrentServer } from './current-server.js';
import type { Ledger } from './ledger.js';

export interface Vendor {
  readonly tenant: string;
  readonly token: string;
  /** As which the token acts. */
  readonly actor: string;
}

export interface Surroundings {
  readonly servers: CurrentServer;
  readonly vendor: Vendor;
  readonly ledger: Ledger;
  readonly positions: Positions;
  /** Waits until it is somebody's turn; default: everybody goes on at once. */
  readonly turn?: () => Promise<void>;
  /** Codes of refusals that any command may meet here, beside those of its own. */
  readonly mayBeRefused?: readonly string[];
}

/** Worth another try: the server says so itself, or was on its way down. */
const AGAIN = new Set([429, 502, 503, 504]);
const RETRY_MS = 20;

export class Caller {
  private stopping = false;
  private count = 0;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly name: string,
    private readonly office: BackOffice,
    private readonly around: Surroundings,
  ) {}

  start(): void {
    this.stopping = false;
    this.running = this.run();
  }

  /** Rests once the command under way is answered: by then nothing of it is unknown. */
  stop(): Promise<void> {
    this.stopping = true;
    return this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.around.turn?.();
      const step = this.office.next();
      await (step.kind === 'deed' ? this.act(step) : this.ask(step));
      this.around.ledger.steps += 1;
    }
  }

  private async act(deed: Deed): Promise<void> {
    const { vendor, ledger, mayBeRefused = [] } = this.around;
    this.count += 1;
    const key = `${this.name}-${this.count}`;
    const actor = deed.as ? `license:${deed.as.id}` : vendor.actor;
    const command = ledger.open(commandIdOf(vendor.tenant, actor, key), deed.makes, `POST ${deed.path} (${key})`);
    for (;;) {
      command.attempts += 1;
      const answer = await this.send('POST', deed.path, deed.as, deed.body, { 'idempotency-key': key });
      if (answer === null) {
        ledger.cut += 1;
      } else if (answer.status < 300) {
        ledger.acknowledge(command, answer.headers.get('keyledger-position')!);
        return deed.done(answer.body);
      } else if (AGAIN.has(answer.status)) {
        ledger.postpone(answer.body);
      } else {
        const code: string = answer.body.code;
        ledger.refuse(command, code);
        if (code !== deed.mayBeRefused && !mayBeRefused.includes(code)) {
          ledger.complain(`${command.what}: ${answer.status} ${code}`);
        }
        return;
      }
      await pause(RETRY_MS);
    }
  }

  private async ask(question: Question): Promise<void> {
    const answer = await this.send(question.method, question.path, question.as, question.body);
    if (answer === null || AGAIN.has(answer.status)) return pause(RETRY_MS);
    const what = `${question.method} ${question.path}`;
    if (answer.status === 409 && answer.body.code === 'read.not-caught-up') return;
    const wrong = answer.status === 200 ? question.wrong(answer.body) : `${answer.status} ${answer.body.code}`;
    if (wrong !== null) this.around.ledger.complain(`${what}: ${wrong}`);
  }

  /** The answer, read to its end; null where there is none. */
  private async send(
    method: string,
    path: string,
    as: SharedLicense | undefined,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer | null> {
    const { servers, vendor, positions } = this.around;
    const { url } = await servers.get();
    const credential: Record<string, string> = as
      ? { authorization: `License ${as.key}`, 'keyledger-tenant': vendor.tenant }
      : { authorization: `Bearer ${vendor.token}` };
    try {
      return await clientOf(url, credential, positions).call(method, path, { body, headers });
    } catch (error) {
      // The connection was refused or cut: fetch tells so by this error alone.
      if ((error as Error).name === 'TypeError') return null;
      throw error;
    }
  }
}
