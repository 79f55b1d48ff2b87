// Every body, query and path parameter goes through the zod schema that its route declares.
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import type { ErrorPointer } from '#kernel/errors.js';
import { httpErrors } from './http-errors.js';
import { issueWords } from './issue-words.js';

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
    const parsed = (schema as z.ZodType).safeParse(type === 'body' && value === undefined ? {} : value, { error: issueWords });
    if (parsed.success) return parsed.data;
    const pointers = parsed.error.issues
      .flatMap((issue) => pointersOfIssue(issue, PARTS[type], schema as z.ZodType))
      .slice(0, MOST_POINTERS);
    throw httpErrors.error('request.invalid', inOneSentence(pointers), {}, pointers);
  }
}

/** The first thing to mend, and that there is more. */
function inOneSentence([first, ...more]: readonly ErrorPointer[]): string | undefined {
  const others = more.length > 0 ? ` (and ${more.length} more: see \`pointers\`)` : '';
  return first && `${first.in} ${first.pointer || '(as a whole)'}: ${first.detail}${others}`;
}

function pointersOfIssue(issue: z.core.$ZodIssue, part: Part, schema: z.ZodType): ErrorPointer[] {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const detail = known.length > 0 ? `is not known here; known are ${known.join(', ')}` : 'is not known here';
    return issue.keys.map((key) => ({ in: part, pointer: pointer([...issue.path, key]), detail }));
  }
  return [{ in: part, pointer: pointer(issue.path), detail: issue.message }];
}

/** A JSON pointer (RFC 6901). */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1').slice(0, 200)}`).join('');
}
