// Kills a server under load again and again, and holds what is there afterwards against what was promised.
import { setTimeout as pause } from 'node:timers/promises';
import { journalEvents } from '#catalogue/journal.js';
import { views } from '#catalogue/views.js';
import { askOperator } from '#installation/operator-socket.js';
import type { PoweredDisk } from '../disk/powered-disk.js';
import { BackOffice, SEATS } from '../support/back-office.js';
import { Positions } from '../support/client.js';
import { oneOf, randomOf, type Random } from '../support/random.js';
import type { ListeningServer, ServerOptions } from '../support/server.js';
import { BackupUnderWay } from './backup.js';
import { Caller, type Surroundings } from './callers.js';
import { CurrentServer } from './current-server.js';
import { Follower } from './follower.js';
import { logOf, wrongInViews } from './inspection.js';
import { isClean, judge, type Findings } from './judge.js';
import { Ledger, type Acknowledged } from './ledger.js';
import { makeScene, QUIET, type Scene } from './scene.js';
import { StandbyServer } from './standby-server.js';

export interface CampaignOptions {
  /** Empty; it stays when the campaign is over. */
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  /** Kills after which the views are held against a rebuild; the last one is always such a one. */
  readonly rebuildEvery: number;
  readonly server?: Pick<ServerOptions, 'nodeArguments'>;
  /** Where the folder lies on a disk that loses its power with each kill. */
  readonly disk?: PoweredDisk;
  /** Told after each kill. */
  readonly onKill?: (so: Standing) => void;
}

/** When a server is killed: at work, while it starts, while a view is built anew beside the one that answers, or while a backup is taken. */
export type Moment = 'work' | 'start' | 'rebuild' | 'backup';

export interface Standing {
  readonly kills: number;
  readonly acknowledged: number;
  /** Requests for commands that were cut off, or found nobody, and were repeated. */
  readonly cut: number;
  readonly moments: Readonly<Record<Moment, number>>;
  readonly findings: Findings;
}

const CALLERS = 8;
const MOMENTS: readonly Moment[] = ['work', 'rebuild', 'start', 'backup', 'work', 'rebuild', 'work', 'work'];
/** The most acknowledgements at work before a kill, and the longest time after them. */
const WORK = 40;
const WORK_MS = 200;
const REBUILD_MS = 100;
const BACKUP_MS = 50;
const START_MS = 600;
/** A server that acknowledges nothing for so long stands still. */
const STANDSTILL_MS = 60_000;

interface UnderWay {
  readonly backup: BackupUnderWay;
  /** Before it began. */
  readonly acknowledged: readonly Acknowledged[];
}

export class Campaign {
  private readonly random: Random;
  private readonly servers = new CurrentServer();
  private readonly ledger = new Ledger();
  private readonly moments: Record<Moment, number> = { work: 0, start: 0, rebuild: 0, backup: 0 };
  private kills = 0;
  private findings: Findings = { lost: [], twice: [], wrong: [] };
  private spawned = 0;
  private current: StandbyServer | undefined;
  private next: StandbyServer | undefined;
  private listening: ListeningServer | undefined;

  constructor(private readonly options: CampaignOptions) {
    this.random = randomOf(options.seed);
  }

  /** Runs it. It ends early where something was found, because what follows would be a consequence. */
  async run(): Promise<Standing> {
    const { folder, disk, seed } = this.options;
    const scene = await makeScene(folder, CALLERS);
    disk?.begin();
    const around: Surroundings = { ...scene, servers: this.servers, ledger: this.ledger, positions: new Positions() };
    const callers = scene.places.map((place, n) => {
      const name = `caller-${n + 1}`;
      return new Caller(name, new BackOffice(place, name, randomOf(seed + n + 1)), around);
    });
    const follower = new Follower(around, scene.since);
    try {
      this.next = this.spawn();
      await this.rise();
      for (const caller of callers) caller.start();
      while (this.kills < this.options.kills && isClean(this.findings)) await this.round(scene, callers);
      if (isClean(this.findings)) await this.lastLook(scene, follower);
      return this.standing;
    } finally {
      this.servers.gone();
      await Promise.all([this.current?.kill(), this.next?.kill()]);
    }
  }

  private get standing(): Standing {
    const { kills, moments, findings, ledger } = this;
    return { kills, acknowledged: ledger.acknowledged.length, cut: ledger.cut, moments: { ...moments }, findings };
  }

  private async round(scene: Scene, callers: readonly Caller[]): Promise<void> {
    await this.killOnce(scene);
    this.kills += 1;
    const isLast = this.kills === this.options.kills;
    if (isClean(this.findings) && (isLast || this.kills % this.options.rebuildEvery === 0)) {
      // At rest by the time that the views are compared, with every outcome known.
      await Promise.all(callers.map((caller) => caller.stop()));
      await this.look(scene);
      if (isClean(this.findings)) this.found({ wrong: await wrongInViews(this.options.folder) });
      if (!isLast) for (const caller of callers) caller.start();
    } else await this.look(scene);
    this.options.onKill?.(this.standing);
  }

  private async killOnce(scene: Scene): Promise<void> {
    const moment = this.momentOfKill();
    this.moments[moment] += 1;
    await this.work();
    const backup = moment === 'backup' ? await this.beginBackup() : undefined;
    if (moment === 'rebuild') {
      askOperator(this.options.folder, 'views.rebuild', { view: oneOf(this.random, views).name }).catch(() => undefined);
      await pause(this.random() * REBUILD_MS);
    } else await pause(this.random() * (backup ? BACKUP_MS : WORK_MS));
    this.servers.gone();
    await this.fall(this.current);
    if (moment === 'start') await this.killOnItsWayUp();
    await this.rise();
    if (backup) await this.lookAtBackup(backup, scene);
  }

  /** A backup copies the files themselves, which a loss of power takes away under its hands. */
  private momentOfKill(): Moment {
    const moment = MOMENTS[this.kills % MOMENTS.length]!;
    return moment === 'backup' && this.options.disk ? 'work' : moment;
  }

  /** The one that takes over is killed before it is up; the next one finds what both have left. */
  private async killOnItsWayUp(): Promise<void> {
    const rising = this.next?.go().catch(() => undefined);
    await pause(this.random() * START_MS);
    await this.fall(this.next);
    await rising;
    this.next = this.spawn();
  }

  private async beginBackup(): Promise<UnderWay> {
    const acknowledged = [...this.ledger.acknowledged];
    const backup = new BackupUnderWay(this.options.folder, `${this.options.folder}.backup`);
    await backup.begun;
    return { backup, acknowledged };
  }

  /** It holds whatever was acknowledged before it began. */
  private async lookAtBackup({ backup, acknowledged }: UnderWay, { since }: Scene): Promise<void> {
    const wrong = await backup.end();
    if (wrong !== null) this.found({ wrong: [wrong] });
    if (backup.isThere) {
      const { lost, ...rest } = judge(await logOf(backup.target), {
        ...{ sent: this.ledger.sent, acknowledged, shown: new Map(), since, seats: SEATS },
      });
      this.found({ ...rest, wrong: [...rest.wrong, ...lost.map((each) => `the backup lacks something: ${each}`)] });
    }
    await backup.remove();
  }

  /** Lets the callers get on for a while. */
  private async work(): Promise<void> {
    const done = this.ledger.acknowledgements(Math.ceil(this.random() * WORK)).then(() => null);
    const tooLong = pause(STANDSTILL_MS, `nothing was acknowledged for ${STANDSTILL_MS} ms`, { ref: false });
    const server = this.listening;
    const byItself = server?.ended.then((how) => `the server ended by itself with ${how}: ${server.output().slice(-2_000)}`);
    const how = await Promise.race([done, tooLong, ...(byItself ? [byItself] : [])]);
    if (how !== null) this.found({ wrong: [how] });
  }

  private async fall(server: StandbyServer | undefined): Promise<void> {
    await server?.kill();
    this.options.disk?.cut(this.random);
  }

  private async rise(): Promise<void> {
    this.current = this.next!;
    this.next = this.spawn();
    try {
      this.listening = await this.current.go();
      this.servers.put(this.listening);
    } catch (error) {
      this.listening = undefined;
      this.found({ wrong: [`the server does not start: ${(error as Error).message}`] });
    }
  }

  private spawn(): StandbyServer {
    this.spawned += 1;
    const { folder, server, disk } = this.options;
    return new StandbyServer(folder, this.spawned, { ...server, env: { ...QUIET, ...disk?.env } });
  }

  /** Judges the log as it is after a restart; the callers may be at work meanwhile. */
  private async look({ since }: Scene): Promise<void> {
    const { sent, shown } = this.ledger;
    const acknowledged = [...this.ledger.acknowledged];
    const log = await logOf(this.options.folder).catch((error: Error) => {
      this.found({ wrong: [`the log cannot be read: ${error.message}`] });
      return [];
    });
    this.found(judge(log, { sent, acknowledged, shown, since, seats: SEATS }));
    this.found({ wrong: this.ledger.complaints.splice(0) });
  }

  /** What the subscriber was shown is the log, nothing left out. */
  private async lastLook({ since }: Scene, follower: Follower): Promise<void> {
    const log = await logOf(this.options.folder);
    const told = log.filter(({ position, type }) => position > since && type in journalEvents).map(({ position }) => position);
    await follower.stop(told.at(-1) ?? since);
    const seen = new Set(follower.positions);
    const missing = told.filter((position) => !seen.has(position)).map((position) => `the feed left out ${position}`);
    this.found({ wrong: [...missing, ...this.ledger.complaints.splice(0)] });
  }

  private found({ lost = [], twice = [], wrong = [] }: Partial<Findings>): void {
    const { findings } = this;
    this.findings = {
      lost: [...findings.lost, ...lost],
      twice: [...findings.twice, ...twice],
      wrong: [...findings.wrong, ...wrong],
    };
  }
}
