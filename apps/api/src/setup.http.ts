// The first door of an empty installation: whoever has the printed one-time token makes the first vendor.
import { Body, Controller, Post } from '@nestjs/common';
import { Public } from '#http/allow.js';
import { Setup, setupAnswerSchema, setupRequestSchema } from '#installation/setup.js';
import type { z } from 'zod';

@Controller('v1/setup')
export class SetupHttp {
  constructor(private readonly setup: Setup) {}

  @Post()
  @Public({
    summary: 'Set up the first vendor',
    description:
      'Makes the vendor with its first legal entity, and an API token of its administrator. A request that was cut off is completed by repeating it.',
    example: {
      token: 'kls_… from the output of the server',
      tenant: { slug: 'acme', name: 'Acme' },
      legalEntity: { name: 'Acme Europe GmbH' },
      administrator: { name: 'Ada Lovelace' },
    },
    answer: setupAnswerSchema,
    refusals: ['setup.wrong-token', 'setup.done', 'setup.begun-for-another', 'setup.under-way', 'tenant.slug-reserved'],
  })
  complete(@Body({ schema: setupRequestSchema }) body: z.output<typeof setupRequestSchema>) {
    return this.setup.complete(body);
  }
}
