import { expect, it } from 'vitest';

import { createTestDatabase } from './servers.ts';

it('gives each test a migrated database of its own', async () => {
  const one = await createTestDatabase();
  const two = await createTestDatabase();
  await one.database.execute(
    `insert into model_versions (model, version, stage, registered_at) values ('m', '1', 'champion', now())`,
  );
  expect(await one.database.query('select version from model_versions')).toEqual([{ version: '1' }]);
  expect(await two.database.query('select version from model_versions')).toEqual([]);
  await one.drop();
  await two.drop();
});
