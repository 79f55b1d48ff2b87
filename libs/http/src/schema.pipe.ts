// Every body, query and path parameter goes through the zod schema that its route declares.
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import type { ErrorPointer } from '#kernel/errors.js';
import { httpErrors } from './http-errors.js';

const MOST_POINTERS = 50;
const PARTS = { body: 'body', query: 'query', param: 'path' } as const;
type Part = (typeof PARTS)[keyof typeof PARTS];

@Injectable()
export class SchemaPipe implements PipeTransform {
  /** @throws `request.invalid` with a pointer to everything that does not fit. */
  transform(value: unknown, { type, schema }: ArgumentMetadata): unknown {
    if (type !== 'body' && type !== 'query' && type !== 'param') return value;
    // The boot check refuses such routes; this is for whoever goes around it.
    if (!schema) throw new Error(`a ${type} parameter has no schema`);
    const parsed = (schema as z.ZodType).safeParse(type === 'body' && value === undefined ? {} : value);
    if (parsed.success) return parsed.data;
    const pointers = pointersOf(parsed.error, PARTS[type]);
    const [first] = pointers;
    throw httpErrors.error(
      'request.invalid',
      first && `${first.in} ${first.pointer || '(as a whole)'}: ${first.detail}`,
      {},
      pointers,
    );
  }
}

function pointersOf(error: z.ZodError, part: Part): ErrorPointer[] {
  return error.issues.flatMap((issue) => pointersOfIssue(issue, part)).slice(0, MOST_POINTERS);
}

function pointersOfIssue(issue: z.core.$ZodIssue, part: Part): ErrorPointer[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ in: part, pointer: pointer([...issue.path, key]), detail: 'is not known here' }));
  }
  return [{ in: part, pointer: pointer(issue.path), detail: issue.message }];
}

/** A JSON pointer (RFC 6901). */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1').slice(0, 200)}`).join('');
}
