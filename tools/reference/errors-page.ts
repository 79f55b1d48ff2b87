import { errors as contextErrors } from '#catalogue/errors.js';
import { httpErrors } from '#http/http-errors.js';
import { operatorErrors } from '#installation/operator.errors.js';
import { statusOf } from '#http/problem.js';
import { mergeUnique, type ErrorDefinition } from '#kernel/errors.js';
import { VERDICT_CODES } from '#licensing/validate-license.js';
import { code, page, table } from './markdown.js';

interface Foreign {
  readonly keygen?: string;
  readonly cryptlex?: string;
}

const errors = mergeUnique<ErrorDefinition>('error', httpErrors.table, contextErrors);
const verdicts: Readonly<Record<string, Foreign & { readonly valid: boolean; readonly detail: string }>> = VERDICT_CODES;

const ABOUT = `Every refusal, as \`application/problem+json\` (RFC 9457) carries it in \`code\`, and every verdict on a license. Codes are
stable; sentences may change. The last columns say what the APIs of Keygen and Cryptlex call the same thing, for clients that
come from there; an empty cell means that they have no name for it.`;

const REFUSALS = `**Retry**: whether the same request may succeed later without being changed.`;

const COMMAND_LINE = 'What `keyledger` refuses beside those above; no request is answered so.';

const VERDICTS = `A validation answers 200 with \`valid\` and the code of the check that decided. A license that is missing, archived or
another tenant's has no verdict: it answers \`license.not-found\`.`;

/** `docs/reference/errors.md` */
export function errorsPage(): string {
  return page('Errors and verdicts', ABOUT, [
    '## Refusals',
    REFUSALS,
    table(['code', 'status', 'what it says', 'retry', 'Keygen', 'Cryptlex'], refusalRows()),
    '## Refusals of the command line',
    COMMAND_LINE,
    table(['code', 'what it says'], commandLineRows()),
    '## Verdicts',
    VERDICTS,
    table(['code', 'valid', 'what it says', 'Keygen', 'Cryptlex'], verdictRows()),
    '## From Keygen and Cryptlex',
    'The same, to be looked up by the other name.',
    table(
      ['their name', 'whose', 'our code'],
      [...foreignNames(errors, 'refusal'), ...foreignNames(verdicts, 'verdict')].sort(byText),
    ),
  ]);
}

function refusalRows(): string[][] {
  return Object.keys(errors)
    .sort()
    .map((name) => {
      const { kind, title, retryable, keygen, cryptlex } = errors[name]!;
      return [code(name), String(statusOf(name, kind)), title, retryable ? 'yes' : '', named(keygen), named(cryptlex)];
    });
}

function commandLineRows(): string[][] {
  return Object.entries(operatorErrors.table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { title }]) => [code(name), title]);
}

function verdictRows(): string[][] {
  return Object.entries(verdicts).map(([name, { valid, detail, keygen, cryptlex }]) => {
    return [code(name), valid ? 'yes' : 'no', detail, named(keygen), named(cryptlex)];
  });
}

function named(name: string | undefined): string {
  return name === undefined ? '' : code(name);
}

function foreignNames(table: Readonly<Record<string, Foreign>>, sort: string): string[][] {
  return Object.entries(table).flatMap(([name, { keygen, cryptlex }]) => {
    const ours = `${code(name)} (${sort})`;
    return [
      ...(keygen === undefined ? [] : [[code(keygen), 'Keygen', ours]]),
      ...(cryptlex === undefined ? [] : [[code(cryptlex), 'Cryptlex', ours]]),
    ];
  });
}

/** By code point, so that every machine writes the same page. */
function byText(a: readonly string[], b: readonly string[]): number {
  return a.join() < b.join() ? -1 : 1;
}
