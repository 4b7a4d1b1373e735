import { expect, it } from 'vitest';

import { datasetName, readSubject, segmentOf, subjectOf } from '../../../core/alert/subject.ts';

it.each([
  ['hum', { name: 'hum', isOfLastDay: false }],
  ['24h/hum', { name: 'hum', isOfLastDay: true }],
  ['24h/dataset/season=1', { name: 'dataset/season=1', isOfLastDay: true }],
  ['rain-24h', { name: 'rain-24h', isOfLastDay: false }],
])('%s stands for %j, and the other way round', (subject, parts) => {
  expect(readSubject(subject)).toEqual(parts);
  expect(subjectOf(parts)).toBe(subject);
});

it.each(['', 'season=1', 'road=a/b'])('the dataset of the segment "%s" has its name', (segment) => {
  expect(segmentOf(datasetName(segment))).toBe(segment);
});
