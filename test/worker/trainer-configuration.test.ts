import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfiguration } from '../../worker/configuration.ts';
import type { TrainerConfiguration } from '../../worker/trainer-configuration.ts';

const DATABASE_URL = 'postgres://tidewatch@127.0.0.1:5432/tidewatch';
const trainersOf = (environment: Readonly<Record<string, string>>): TrainerConfiguration =>
  readConfiguration({ DATABASE_URL, ...environment }).trainers;
const long = (letter: string): string => letter.repeat(32);

describe('what a worker may do for trainers', () => {
  it('is to send them variables that begin with TRAINER_, and no others', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'tidewatch-trainer-')), 'token');
    await writeFile(file, 'Bearer of a file\n');
    const { secrets } = trainersOf({
      TRAINER_TOKEN: 'Bearer x',
      TRAINER_OTHER_TOKEN_FILE: file,
      TRAINER_EMPTY: '',
      SMTP_URL: 'smtp://user:password@mail.example.org:587',
    });
    expect(secrets).toEqual({ TRAINER_TOKEN: 'Bearer x', TRAINER_OTHER_TOKEN: 'Bearer of a file' });
  });

  it('is to take their calls, where there is a secret; of several the first one signs', async () => {
    expect(trainersOf({}).callbackSecrets).toBeUndefined();
    expect(trainersOf({ TIDEWATCH_CALLBACK_SECRET: long('a') }).callbackSecrets).toEqual([long('a')]);
    const file = join(await mkdtemp(join(tmpdir(), 'tidewatch-trainer-')), 'secret');
    await writeFile(file, `${long('b')} ${long('a')}\n`);
    expect(trainersOf({ TIDEWATCH_CALLBACK_SECRET_FILE: file }).callbackSecrets).toEqual([
      long('b'),
      long('a'),
    ]);
  });

  it.each(['guess', `${long('a')} guess`])('is not to sign with "%s", which it does not repeat', (secret) => {
    const read = () => trainersOf({ TIDEWATCH_CALLBACK_SECRET: secret });
    expect(read).toThrow('TIDEWATCH_CALLBACK_SECRET: write at least 32 characters');
    expect(read).not.toThrow('guess');
  });

  it('is to run no programs, unless it is allowed', () => {
    expect(trainersOf({}).mayRunCommands).toBe(false);
    expect(trainersOf({ TIDEWATCH_ALLOW_COMMANDS: 'true' }).mayRunCommands).toBe(true);
    expect(() => trainersOf({ TIDEWATCH_ALLOW_COMMANDS: 'yes' })).toThrow(
      'TIDEWATCH_ALLOW_COMMANDS: write true or false',
    );
  });
});
