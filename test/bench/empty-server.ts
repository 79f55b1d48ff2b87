// The ceiling: a Nest app on Fastify that checks a body by zod and does nothing. A process of its own; its
// arguments are the sizes of its two answers in bytes.
import 'reflect-metadata';
import { Body, Controller, Get, HttpCode, Module, Post, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';

const [, , posted = '0', listed = '0'] = process.argv;
const bodySchema = z.strictObject({ fingerprint: z.string().min(4).max(512), platform: z.string().max(100).optional() });

class ZodPipe implements PipeTransform {
  transform(value: unknown, { type }: ArgumentMetadata): unknown {
    return type === 'body' ? bodySchema.parse(value) : value;
  }
}

/** JSON of just so many bytes. */
function answerOf(bytes: number): string {
  return JSON.stringify({ text: 'x'.repeat(Math.max(0, bytes - JSON.stringify({ text: '' }).length)) });
}

const answers = { posted: answerOf(Number(posted)), listed: answerOf(Number(listed)) };

@Controller('empty')
class EmptyController {
  @Post()
  @HttpCode(200)
  post(@Body(new ZodPipe()) _body: unknown): unknown {
    return JSON.parse(answers.posted);
  }

  @Get()
  get(): unknown {
    return answers.listed;
  }
}

@Module({ controllers: [EmptyController] })
class EmptyModule {}

const app = await NestFactory.create<NestFastifyApplication>(EmptyModule, new FastifyAdapter({ logger: false }), {
  logger: false,
});
await app.listen(0, '127.0.0.1');
process.stdout.write(`empty server listening at ${await app.getUrl()}\n`);
