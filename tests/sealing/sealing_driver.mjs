// Runs the browser's client in Node: modules are found by the page's own import map, and by nothing else.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const client = pathToFileURL(`${process.argv[2]}/`);
const { imports } = JSON.parse(readFileSync(new URL('importmap.json', client)));
registerHooks({
  resolve(specifier, context, next) {
    for (const [prefix, folder] of Object.entries(imports)) {
      if (specifier.startsWith(prefix)) {
        return { url: new URL(folder + specifier.slice(prefix.length), client).href, format: 'module', shortCircuit: true };
      }
    }
    if (context.parentURL?.startsWith(client.href) && !specifier.startsWith('.')) {
      throw new Error(`a browser does not know ${specifier}`);
    }
    return specifier.startsWith('.') ? { ...next(specifier, context), format: 'module' } : next(specifier, context);
  },
});

const { tasks, without = [] } = JSON.parse(readFileSync(0, 'utf8'));
for (const name of ['Buffer', 'process', 'require', ...without]) {
  Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
}
const { boundTo, fingerprint, receipt, seal } = await import(new URL('seal.js', client).href);
const { sealTo } = await import(new URL('hpke.js', client).href);
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hex = (raw) => Array.from(raw, (byte) => byte.toString(16).padStart(2, '0')).join('');
const answers = tasks.map((task) => {
  try {
    if (task.vector) {
      const v = task.vector;
      return { sealed: hex(sealTo(bytes(v.pkRm), bytes(v.info), bytes(v.pt), bytes(v.aad), bytes(v.skEm))) };
    }
    const sealed = seal(task.sheet, task.marks);
    return { sealed: hex(sealed), receipt: receipt(sealed), bound: boundTo(task.sheet), keys: task.sheet.trustees.map(fingerprint) };
  } catch (error) {
    return { error: error.message };
  }
});
console.log(JSON.stringify(answers));
