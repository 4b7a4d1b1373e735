import { AsyncLocalStorage } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import { createContext, runInContext } from 'node:vm';

import { describe, expect, inject, it } from 'vitest';

type Modules = Map<string, { readonly exports: object }>;

/** What the bundle has loaded before the first run: by itself, and as what runs share. */
async function preloaded(): Promise<{ readonly ofTemporal: Modules; readonly shared: Modules }> {
  const modules: Modules = new Map();
  const context = createContext({
    AsyncLocalStorage,
    TextEncoder,
    TextDecoder,
    URL,
    URLSearchParams,
    // As the worker gives it: modules that are loaded twice are the same ones.
    __webpack_module_cache__: new Proxy(
      {},
      {
        get: (_, name) => modules.get(String(name)),
        set: (_, name, module) => Boolean(modules.set(String(name), module)),
      },
    ),
  });
  runInContext(await readFile(inject('workflowBundlePath'), 'utf8'), context);
  const ofTemporal = new Map(modules);
  runInContext('__TEMPORAL__.preloadModules()', context);
  return { ofTemporal, shared: new Map([...modules].filter(([name]) => !ofTemporal.has(name))) };
}

/** Objects and not functions: as far as the worker freezes what is shared. */
function isReached(value: unknown, wanted: (value: object) => boolean, seen = new Set<object>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  return (
    wanted(value) ||
    Reflect.ownKeys(value).some((key) =>
      isReached((value as Record<PropertyKey, unknown>)[key], wanted, seen),
    )
  );
}

describe('what runs of workflows share', async () => {
  const { ofTemporal, shared } = await preloaded();

  it('is our checks of what is typed, what they are made of, and zod', () => {
    expect(
      [...shared.keys()].filter((name) => !/^\.\/(core|workflows|node_modules\/zod)\//.test(name)),
    ).toEqual([]);
    expect([...shared.keys()].map((name) => name.replace(/\.[jt]s$/, ''))).toEqual(
      expect.arrayContaining(['./workflows/input-schemas', './workflows/alert-updates', './core/window']),
    );
    expect(ofTemporal.size).toBeGreaterThan(0);
  });

  it('is nothing that zod changes when it is used: what is shared is frozen', () => {
    const schemas = [...shared]
      .filter(([name]) => !name.includes('node_modules'))
      .filter(([, { exports }]) => isReached(exports, (value) => '_zod' in value))
      .map(([name]) => name);
    expect(schemas).toEqual([]);
  });
});
