import { describe, expect, it } from 'vitest';
import { TidewatchError } from '../../../core/errors.ts';
import { parseInstant } from '../../../core/window.ts';
import { inject, parseInjection } from '../../../demo/data/inject.ts';

const features = { hum: 0.6, temp: 0.5, weathersit: 'clear', pressure: null };
const may20 = parseInstant('2011-05-20T00:00:00Z');
const june1 = parseInstant('2011-06-01T00:00:00Z');
const humAfter = (text: string, eventTime = may20) =>
  inject({ eventTime, features }, [parseInjection(text, features)]).features.hum;

describe('the syntax of an injection', () => {
  it('names a feature, an operation, a value and the day from which it holds', () => {
    expect(parseInjection('hum:+0.3@2011-05-20', features)).toEqual({
      feature: 'hum',
      operation: '+',
      value: 0.3,
      start: may20,
    });
  });

  it('may name the day at which it ends', () => {
    expect(parseInjection('hum:=0@2011-05-20..2011-06-01', features)).toMatchObject({
      start: may20,
      end: june1,
    });
  });

  it('can set a text, and a negative number', () => {
    expect(parseInjection('weathersit:=light rain/snow@2011-05-20', features).value).toBe('light rain/snow');
    expect(parseInjection('temp:=-0.1@2011-05-20', features).value).toBe(-0.1);
  });

  it.each([
    ['hum', 'misses a part'],
    ['hum:+0.3', 'misses a part'],
    ['hum:0.3@2011-05-20', 'misses a part'],
    ['humidity:+0.3@2011-05-20', 'names no feature of the model: hum, temp, weathersit'],
    ['hum:+much@2011-05-20', 'has no number after +'],
    ['hum:+-0.3@2011-05-20', 'has no number after +'],
    ['weathersit:+1@2011-05-20', 'cannot calculate with weathersit'],
    ['hum:+0.3@20 May', '"20 May" where a day belongs'],
    ['hum:+0.3@2011-02-31', '2011-02-31, which no calendar has'],
    ['hum:+0.3@2011-13-01', '2011-13-01, which no calendar has'],
    ['hum:+0.3@2011-05-20..2011-05-20', 'ends before it starts'],
  ])('refuses %s: it %s, and shows a right one', (text, problem) => {
    const act = () => parseInjection(text, features);
    expect(act).toThrow(TidewatchError);
    expect(act).toThrow(problem);
    expect(act).toThrow('hum:+0.3@2011-05-20');
  });
});

describe('an injected fault', () => {
  it.each([
    ['hum:+0.3@2011-05-20', 0.9],
    ['hum:-0.2@2011-05-20', 0.4],
    ['hum:*2@2011-05-20', 1.2],
    ['hum:=0@2011-05-20', 0],
  ])('%s turns 0.6 into %d', (text, after) => {
    expect(humAfter(text)).toBeCloseTo(after, 10);
  });

  it('holds from the first instant of its day to before the end day', () => {
    const text = 'hum:=0@2011-05-20..2011-06-01';
    expect([may20 - 1, may20, june1 - 1, june1].map((at) => humAfter(text, at))).toEqual([0.6, 0, 0, 0.6]);
  });

  it('leaves a missing value missing, the other features alone, and the row it was given as it was', () => {
    const row = { eventTime: may20, features };
    const faulty = inject(row, [parseInjection('pressure:+1@2011-05-20', features)]);
    expect(faulty.features).toEqual(features);
    inject(row, [parseInjection('hum:=0@2011-05-20', features)]);
    expect(row.features.hum).toBe(0.6);
  });

  it('follows the one before it', () => {
    const both = ['hum:=0.5@2011-05-20', 'hum:*2@2011-05-20'].map((text) => parseInjection(text, features));
    expect(inject({ eventTime: may20, features }, both).features.hum).toBe(1);
  });
});
