import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isWorse, severities } from '../../../core/alert/alert.ts';
import type { Severity } from '../../../core/alert/alert.ts';
import { alertTransition, escalationEvent } from '../../../core/alert/transition.ts';
import type { Episode } from '../../../core/alert/transition.ts';

const open = (severity: Severity): Episode => ({ state: 'open', severity, newestAsOf: 100 });
const resolved: Episode = { state: 'resolved', severity: 'critical', newestAsOf: 100 };

describe('alertTransition', () => {
  it('opens on the first trouble', () => {
    expect(alertTransition(null, { level: 'warning', asOf: 100 })).toBe('open');
  });

  it('does nothing when all is well and nothing is open', () => {
    expect(alertTransition(null, { level: 'ok', asOf: 100 })).toBe('none');
    expect(alertTransition(resolved, { level: 'ok', asOf: 200 })).toBe('none');
  });

  it('opens anew after it was resolved', () => {
    expect(alertTransition(resolved, { level: 'info', asOf: 200 })).toBe('open');
  });

  it('does nothing for the same severity again', () => {
    expect(alertTransition(open('warning'), { level: 'warning', asOf: 200 })).toBe('none');
  });

  it('escalates to a higher severity and ignores a lower one', () => {
    expect(alertTransition(open('warning'), { level: 'critical', asOf: 200 })).toBe('escalate');
    expect(alertTransition(open('critical'), { level: 'warning', asOf: 200 })).toBe('none');
  });

  it('resolves an open alert when all is well', () => {
    expect(alertTransition(open('critical'), { level: 'ok', asOf: 200 })).toBe('resolve');
  });

  it('does nothing for an observation older than the newest event, whether open or resolved', () => {
    expect(alertTransition(open('warning'), { level: 'ok', asOf: 99 })).toBe('none');
    expect(alertTransition(open('warning'), { level: 'critical', asOf: 99 })).toBe('none');
    expect(alertTransition(resolved, { level: 'critical', asOf: 99 })).toBe('none');
  });

  it('counts an observation of the same instant as the newest event', () => {
    expect(alertTransition(open('warning'), { level: 'ok', asOf: 100 })).toBe('resolve');
  });

  it('never lets the severity of an open alert fall', () => {
    const level = constantFrom(...severities);
    assert(
      property(level, level, (before, observed) => {
        const transition = alertTransition(open(before), { level: observed, asOf: 100 });
        expect(transition).toBe(isWorse(observed, before) ? 'escalate' : 'none');
      }),
    );
  });
});

it('gives the escalations of one episode different names', () => {
  expect(escalationEvent('critical')).toBe('escalated');
  expect(escalationEvent('warning')).toBe('escalated to warning');
});
