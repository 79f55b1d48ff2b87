// How a case of the matrix is tried: whether somebody could do it, told from the answer.
import type { Answer } from '../support/client.js';
import type { Somebody, World } from './world.js';

/** Answers whether the person could do it. */
export type Try = (somebody: Somebody, world: World) => Promise<boolean>;
export type Cases = Readonly<Record<string, Try>>;

/** Whether it was done. @throws Error where the answer is neither that nor a refusal that fits */
export function could({ status, body }: Answer): boolean {
  if (status < 300) return true;
  if (status === 401 || status === 403 || status === 404) return false;
  // A body that names an organization of others is answered as if there were none.
  if (status === 422 && body.code.endsWith('.organization-unknown')) return false;
  throw new Error(`neither done nor refused: ${status} ${JSON.stringify(body)}`);
}

let count = 0;
/** Another one each time. */
export const another = (word: string) => `${word}-${++count}`;

export const read =
  (path: (world: World, somebody: Somebody) => string): Try =>
  async (somebody, world) =>
    could(await somebody.browser.get(path(world, somebody)));

export const send =
  (path: (world: World, somebody: Somebody) => string, body: (world: World) => object = () => ({})): Try =>
  async (somebody, world) =>
    could(await somebody.browser.post(path(world, somebody), body(world)));

/** Whether it stands in the answer, if there is one. */
export const find =
  (path: (world: World) => string, isIt: (item: Item, world: World, somebody: Somebody) => boolean): Try =>
  async (somebody, world) => {
    const answer = await somebody.browser.get(path(world));
    return could(answer) && (answer.body.data as Item[]).some((item) => isIt(item, world, somebody));
  };

/** One of a list: a license, a step of a history, an event. */
interface Item {
  readonly id: string;
  readonly who: string;
  readonly subject: string;
  readonly actor: string;
  readonly data: { readonly name?: string };
}
