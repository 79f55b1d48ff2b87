import { Controller, Get } from '@nestjs/common';
import { Public } from '#http/allow.js';
import { HttpOptions } from '#http/http-options.js';
import type { JsonSchema } from '#http/json-schema.js';
import { z } from 'zod';
import { asyncApiOf } from './asyncapi.js';
import { FeedEvents } from './feed-events.js';

@Controller()
export class AsyncApiController {
  private document: JsonSchema | undefined;

  constructor(
    private readonly events: FeedEvents,
    private readonly options: HttpOptions,
  ) {}

  @Get('asyncapi.json')
  @Public({ summary: 'The AsyncAPI document of the events', answer: z.looseObject({ asyncapi: z.string() }) })
  show() {
    return (this.document ??= asyncApiOf(this.events.table, this.options.version));
  }
}
