// A shell that keeps its variables from one block of a page to the next.
import { spawn, type ChildProcess } from 'node:child_process';

export class Shell {
  private readonly process: ChildProcess = spawn('sh', {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NO_PROXY: '*' },
  });
  private printed = '';

  constructor() {
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
  }

  /** What the commands print. */
  async run(commands: string): Promise<string> {
    this.printed = '';
    const end = 'end of the block';
    this.process.stdin!.write(`${commands}\necho '${end}'\n`);
    while (!this.printed.includes(end)) await new Promise((next) => this.process.stdout!.once('data', next));
    return this.printed.slice(0, this.printed.indexOf(end));
  }

  end(): void {
    this.process.stdin!.end();
  }
}
