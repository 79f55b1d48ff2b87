// Rotates the keys of a folder and kills itself at a point. Arguments: the folder, and `written`, `rewrapping`
// (in the middle of the commit), `rewrapped` or `renamed`.
import { rotateKeys } from '../rotate-keys.js';

const [, , folder = '', point] = process.argv;
const die = (at: string) => {
  if (at === point) process.kill(process.pid, 'SIGKILL');
};
await rotateKeys({ folder, onStep: ({ done }) => done === 2 && die('rewrapping'), onPoint: die });
