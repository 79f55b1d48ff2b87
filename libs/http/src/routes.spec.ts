import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Headers, Module, Param, Post, Query, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { Allow, Public } from './allow.js';
import { Ctx } from './ctx.js';
import { routesOf } from './routes.js';

async function routesWith(controller: new () => object) {
  @Module({ controllers: [controller] })
  class TestModule {}
  const app = await NestFactory.create(TestModule, new FastifyAdapter(), { logger: false });
  try {
    return routesOf(app);
  } finally {
    await app.close();
  }
}

const strict = z.strictObject({ a: z.string() });

@Controller('v1/good')
class Good {
  @Post(':a/do')
  @Allow('license.read', { summary: 'Do' })
  do(
    @Param({ schema: strict }) _path: object,
    @Query({ schema: strict }) _query: object,
    @Body({ schema: strict }) _body: object,
    @Ctx() _ctx: object,
  ) {
    return {};
  }

  @Get()
  @Public({ summary: 'Get' })
  get() {
    return {};
  }
}

@Controller('bad')
class Undecorated {
  @Get()
  get() {
    return {};
  }
}
@Controller('bad')
class Unchecked {
  @Post()
  @Public({ summary: '' })
  post(@Body() _body: object) {
    return {};
  }
}
@Controller('bad')
class Loose {
  @Post()
  @Public({ summary: '' })
  post(@Body({ schema: z.object({ a: z.string() }) }) _body: object) {
    return {};
  }
}
@Controller('bad')
class Picked {
  @Get(':a')
  @Public({ summary: '' })
  get(@Param('a', { schema: z.string() }) _a: string) {
    return {};
  }
}
@Controller('bad')
class Raw {
  @Get()
  @Public({ summary: '' })
  get(@Req() _request: object, @Headers() _headers: object) {
    return {};
  }
}

describe('the routes of an app', () => {
  it('are listed with rules and schemas', async () => {
    expect(await routesWith(Good)).toMatchObject([
      {
        method: 'POST',
        path: '/v1/good/:a/do',
        controller: 'Good',
        handler: 'do',
        rules: { permission: 'license.read' },
        parameters: [{}, {}, {}],
      },
      { method: 'GET', path: '/v1/good', rules: { permission: null }, parameters: [] },
    ]);
  });

  it.each([
    ['a route without rules', Undecorated, 'Undecorated.get has neither @Allow nor @Public'],
    ['a body without a schema', Unchecked, 'Unchecked.post has no strict schema for its body'],
    ['a schema that lets unknown fields through', Loose, 'Loose.post has no strict schema for its body'],
    ['a parameter by name, whose siblings nobody checks', Picked, 'Picked.get picks the path member "a"'],
    ['the raw request', Raw, 'Raw.get takes something of the request that no schema checks'],
  ])('keep an app from starting by %s', async (_, controller, message) => {
    await expect(routesWith(controller)).rejects.toThrow(message);
  });
});
