// Installs the packages of the lockfile and the SQLite addon, where they are not there already.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, lstatSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { npm, Refusal, ROOT } from './processes.mjs';

const MODULES = join(ROOT, 'node_modules');

/** The package of the SQLite driver for each line of Node: libs/event-store/src/sqlite.driver.ts loads by the same rule. */
const DRIVERS = { old: 'better-sqlite3', current: 'better-sqlite3-napi' };
const onOldNode = Number(process.versions.node.split('.')[0]) < 22;
const DRIVER = onOldNode ? DRIVERS.old : DRIVERS.current;
/** The driver that this Node never loads; it need not run here. */
export const FOREIGN_DRIVER = onOldNode ? DRIVERS.current : DRIVERS.old;

/** Makes node_modules what package-lock.json says, with an addon that this Node can load. */
export async function install() {
  if (!packagesCurrent()) await installPackages();
  if (!addonLoads()) await buildAddon();
}

/** npm keeps beside the packages what it installed: that, not the time of a file, tells whether they are current. */
function packagesCurrent() {
  // A linked node_modules is somebody else's: used as it is.
  if (lstatSync(MODULES, { throwIfNoEntry: false })?.isSymbolicLink()) return true;
  const installed = packagesIn(join(MODULES, '.package-lock.json'));
  const wanted = packagesIn(join(ROOT, 'package-lock.json'));
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version && found.integrity === entry.integrity;
  });
}

function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

async function installPackages() {
  console.log('Installing the packages of package-lock.json; the first time this takes a minute or two.');
  // No script of a package runs here: the one that is needed runs in buildAddon.
  const { ok, output } = await npm(['ci', '--ignore-scripts', '--include=dev'], {}, () => console.log('… still installing'));
  if (!ok) throw new Refusal(`npm could not install the packages. It said:\n${output}`);
}

function addonLoads() {
  const probe = `const D = require('${DRIVER}'); new D(':memory:').close()`;
  return spawnSync(process.execPath, ['-e', probe], { cwd: ROOT }).status === 0;
}

async function buildAddon() {
  console.log('Preparing the SQLite addon for this Node; where it has to be compiled this takes a minute.');
  const nodedir = headersFolder();
  const { output } = await npm(
    ['rebuild', DRIVER, '--ignore-scripts=false'],
    // Compiles against the headers of this very Node, without fetching any; a setting that names another Node's would
    // give an addon that this one cannot load.
    nodedir ? { npm_config_nodedir: nodedir } : {},
    () => console.log('… still compiling'),
  );
  if (addonLoads()) return;
  const missing = missingTools();
  if (missing.length > 0) {
    throw new Refusal(
      `The SQLite addon has to be compiled on this machine, and this is missing: ${missing.join(', ')}. Install ${toolchain()} and run it again.`,
    );
  }
  throw new Refusal(`The SQLite addon could not be prepared. npm said:\n${output}`);
}

/** The prefix of this Node's installation if it brought its C++ headers along. */
function headersFolder() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node.h')) ? prefix : undefined;
}

function missingTools() {
  if (process.platform === 'win32') return [];
  const tools = { 'Python 3': ['python3'], make: ['make', 'gmake'], 'a C++ compiler': ['g++', 'c++', 'clang++'] };
  return Object.keys(tools).filter((name) => !tools[name].some(onPath));
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function toolchain() {
  return process.platform === 'darwin'
    ? 'the command line tools of Xcode (xcode-select --install)'
    : 'python3, make and g++ (on Debian and Ubuntu: apt-get install python3 make g++)';
}
