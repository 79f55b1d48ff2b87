// Histories to keep: one file with a digest, of a license or of an organization.
import { Readable } from 'node:stream';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Allow, type AllowOptions } from '#http/allow.js';
import { file } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { covers, reachOf } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import { z } from 'zod';
import { auditErrors } from './audit.errors.js';
import { digestOf, EXPORT_FORMATS, exportLines, MEDIA_TYPES } from './history-export.js';
import { sightOf, within } from './history-sight.js';
import { History } from './history.js';

const exportQuery = z.strictObject({
  format: z.enum(EXPORT_FORMATS).default('ndjson').meta({ description: 'A JSON object per line, or comma-separated values.' }),
});
type ExportQuery = z.output<typeof exportQuery>;

const options = (of: string): AllowOptions => ({
  summary: `Export the history of ${of}`,
  description:
    'Everything up to now, oldest first, with the digest of the bytes in a header. Who sees what is as in the history; personal fields only for who holds `event.read-personal`.',
  files: Object.values(MEDIA_TYPES).map((type) => type.split(';')[0]!),
  refusals: ['history.not-found', 'auth.forbidden'],
});

@Controller('v1')
export class HistoryExportController {
  constructor(
    private readonly history: History,
    private readonly reads: Reads,
  ) {}

  @Get('licenses/:id/history/export')
  @Allow('history.read', options('a license'))
  license(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: exportQuery }) query: ExportQuery,
    @Ctx() ctx: RequestContext,
  ) {
    return this.export('license', id, query, ctx);
  }

  @Get('organizations/:id/history/export')
  @Allow('history.read', options('an organization'))
  organization(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: exportQuery }) query: ExportQuery,
    @Ctx() ctx: RequestContext,
  ) {
    return this.export('organization', id, query, ctx);
  }

  /** Folded twice, so that the digest is known before the first byte is sent and nothing is gathered. */
  private async export(subject: 'license' | 'organization', id: string, { format }: ExportQuery, ctx: RequestContext) {
    const position = await this.history.head();
    const sight = await sightOf({ history: this.history, reads: this.reads }, subject, id, ctx);
    const personal = covers(reachOf(ctx, 'event.read-personal'), reachOf(ctx, 'history.read'));
    const lines = () => {
      const steps = within(this.history.steps(subject, ctx.tenant, id, position, personal), sight);
      return exportLines(steps, sight.audience, format);
    };
    if (!(await this.history.exists(subject, ctx.tenant, id))) return auditErrors.refuse('history.not-found');
    const name = `${subject}-${id}.${format}`;
    const digest = await digestOf(lines());
    return file(Readable.from(lines(), { objectMode: false }), { name, type: MEDIA_TYPES[format], position, ...digest });
  }
}
