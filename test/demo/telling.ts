// Tells a story step by step, and remembers whether every step held.
import { deepStrictEqual } from 'node:assert';
import type { Answer, Body } from '../support/client.js';

export class Telling {
  private steps = 0;
  private readonly broken: string[] = [];

  chapter(title: string): void {
    process.stdout.write(`\n${title}\n`);
  }

  /** Runs a step and prints what it answers; one that throws is printed as broken, and the story goes on. */
  async step(title: string, run: () => Promise<unknown>): Promise<void> {
    this.steps++;
    try {
      const answer = await run();
      process.stdout.write(`  ok      ${title}\n            ${short(answer)}\n`);
    } catch (error) {
      this.broken.push(title);
      process.stdout.write(`  BROKEN  ${title}\n            ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }

  /** Prints the end; whether every step held. */
  end(): boolean {
    for (const title of this.broken) process.stdout.write(`\nbroken: ${title}`);
    process.stdout.write(`\n${this.steps - this.broken.length} of ${this.steps} steps held\n`);
    return this.broken.length === 0 && this.steps > 0;
  }
}

const WIDTH = 150;

function short(answer: unknown): string {
  const text = typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? '');
  return text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text;
}

/** @throws Error where the two differ, with both. */
export function same(actual: unknown, expected: unknown): void {
  deepStrictEqual(actual, expected);
}

/** The body of an answer that was refused as expected. @throws Error where it was not, or with another code. */
export function refused({ status, body }: Answer, expectedStatus: number, code: string): Body {
  same({ status, code: (body as { code?: string }).code }, { status: expectedStatus, code });
  return body;
}
