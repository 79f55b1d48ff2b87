import { errors as contextErrors } from '#catalogue/errors.js';
import { httpErrors } from '#http/http-errors.js';
import { statusOf } from '#http/problem.js';
import { mergeUnique, type ErrorDefinition } from '#kernel/errors.js';
import { code, page, table } from './markdown.js';

const errors = mergeUnique<ErrorDefinition>('error', httpErrors.table, contextErrors);

const ABOUT = `Every refusal, as \`application/problem+json\` (RFC 9457) carries it in \`code\`. Codes are stable; sentences may change.
**Retry**: whether the same request may succeed later without being changed. The last columns say what the APIs of Keygen and
Cryptlex call the same thing, for clients that come from there; an empty cell means that they have no name for it.`;

const MIGRATION = `The same, to be looked up by the other name.`;

/** `docs/reference/errors.md` */
export function errorsPage(): string {
  const codes = Object.keys(errors).sort();
  const rows = codes.map((name) => {
    const { kind, title, retryable, keygen, cryptlex } = errors[name]!;
    const status = String(statusOf(name, kind));
    return [code(name), status, title, retryable ? 'yes' : '', named(keygen), named(cryptlex)];
  });
  return page('Errors', ABOUT, [
    table(['code', 'status', 'what it says', 'retry', 'Keygen', 'Cryptlex'], rows),
    '## From Keygen and Cryptlex',
    MIGRATION,
    table(['their name', 'whose', 'our code'], foreignNames(codes)),
  ]);
}

function named(name: string | undefined): string {
  return name === undefined ? '' : code(name);
}

function foreignNames(codes: readonly string[]): string[][] {
  const rows = codes.flatMap((name) => {
    const { keygen, cryptlex } = errors[name]!;
    return [
      ...(keygen === undefined ? [] : [[code(keygen), 'Keygen', code(name)]]),
      ...(cryptlex === undefined ? [] : [[code(cryptlex), 'Cryptlex', code(name)]]),
    ];
  });
  return rows.sort((a, b) => (a.join() < b.join() ? -1 : 1));
}
